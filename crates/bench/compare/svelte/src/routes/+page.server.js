import pg from "pg";

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 4 });

export async function load() {
  const { rows } = await pool.query(process.env.QUERY);
  return { rows };
}
