// node bullmq.js PORT JOBS CONCURRENCY: prints how many jobs without an effect one BullMQ worker finishes a second.
// Adding them is not timed.
import {Queue, Worker} from 'bullmq';

const [port, jobs, concurrency] = process.argv.slice(2).map(Number);
const connection = {host: '127.0.0.1', port, maxRetriesPerRequest: null};
const name = `bench${process.pid}`;
const queue = new Queue(name, {connection});
const job = {name: 'fact', data: {body: 'x'.repeat(250)}, opts: {removeOnComplete: true}};
for (let added = 0; added < jobs; added += 500) await queue.addBulk(Array(Math.min(500, jobs - added)).fill(job));

const worker = new Worker(name, async () => {}, {connection, concurrency, autorun: false});
await worker.waitUntilReady();
let left = jobs;
const start = process.hrtime.bigint();
const done = new Promise((resolve, reject) => {
  worker.on('completed', () => { if (--left === 0) resolve(); });
  worker.on('failed', (_, error) => reject(error));
  worker.on('error', reject);
});
worker.run();
await done;
console.log(jobs / (Number(process.hrtime.bigint() - start) / 1e9));
process.exit(0);
