// The work of src/jobs.rs with pg-boss, told to be as quick as it can: workers are woken by notifications and go on at
// once while there is work. Prints one line of JSON.
import { PgBoss } from "pg-boss";

const { DATABASE_URL, JOBS, PRODUCERS, WORKERS, RATE, SECONDS } = process.env;
const [jobs, producers, workers, rate, seconds] = [JOBS, PRODUCERS, WORKERS, RATE, SECONDS].map(Number);
const boss = new PgBoss({ connectionString: DATABASE_URL, max: producers + workers, useListenNotify: true });
boss.on("error", (error) => console.error(error.message));
await boss.start();

const now = () => Number(process.hrtime.bigint()) / 1e6;
const begun = new Map();
const waits = [];
let done = 0;
await boss.createQueue("bench", { notify: true });
const options = { batchSize: 1, localConcurrency: workers, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true };
await boss.work("bench", options, async ([job]) => {
  const sent = begun.get(job.id);
  if (sent === undefined) begun.set(job.id, now());
  else waits.push(now() - sent);
  done += 1;
});
const idle = async (wanted) => {
  while (done < wanted) await new Promise((resolve) => setTimeout(resolve, 5));
};

// Each job is sent by itself, so that each is durable before the next of its producer.
const start = now();
const send = async (count) => {
  for (let n = 0; n < count; n += 1) await boss.send("bench", { n });
};
await Promise.all(Array.from({ length: producers }, () => send(jobs / producers)));
const sent = now();
await idle(jobs);
const end = now();

// Then at an even rate: the time from the answer to the sender until the worker begins.
await new Promise((resolve) => setTimeout(resolve, 1000));
begun.clear();
waits.length = 0;
done = 0;
const first = now();
const sends = [];
for (let n = 0; n < rate * seconds; n += 1) {
  const due = first + (n * 1000) / rate;
  if (due > now()) await new Promise((resolve) => setTimeout(resolve, due - now()));
  sends.push(
    boss.send("bench", { n }).then((id) => {
      const at = begun.get(id);
      // The worker may have begun before the answer came.
      if (at === undefined) begun.set(id, now());
      else waits.push(0);
    }),
  );
}
await Promise.all(sends);
await idle(rate * seconds);
waits.sort((a, b) => a - b);
const percentile = (share) => waits[Math.max(Math.ceil(waits.length * share) - 1, 0)];
console.log(JSON.stringify({
  sent: (jobs * 1000) / (sent - start),
  done: (jobs * 1000) / (end - start),
  p50: percentile(0.5),
  p99: percentile(0.99),
}));
process.exit(0);
