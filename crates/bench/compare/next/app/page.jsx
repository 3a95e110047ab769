// A thousand conversations, read and rendered anew for each request: the page of src/bin/rows.rs.
import pg from "pg";

export const dynamic = "force-dynamic";
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 4 });

export default async function Page() {
  const { rows } = await pool.query(process.env.QUERY);
  return (
    <main>
      <h1>Conversations</h1>
      <table>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} className={row.unread > 0 ? "row unread" : "row"}>
              <td>
                <a href={`/inbox/${row.id}`}>{row.name}</a>
              </td>
              <td>{row.email ?? "no address"}</td>
              <td>{row.preview}</td>
              <td>
                <span className={`badge ${row.status}`}>{row.status}</span>
              </td>
              <td>
                <span className={`badge ${row.priority}`}>{row.priority}</span>
              </td>
              <td>{row.unread > 0 && <b>{row.unread}</b>}</td>
              <td>
                <time dateTime={row.at}>{row.at}</time>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </main>
  );
}
