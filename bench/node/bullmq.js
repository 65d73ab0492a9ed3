// node bullmq.js PORT JOBS CONCURRENCY [TO [FROM]]: prints how many jobs one BullMQ worker finishes a second.
//
// Jobs have no effect; with TO they have one, exactly once: a record and the note that the job was handled, in one
// durable transaction in the SQLite database TO. Adding them is not timed; with FROM it is: another process commits
// what a command writes (record, fact and answer) in the SQLite database FROM, and then adds the command's job. Both
// databases have the product's tables (common/store/sql.cc).
import {Queue, Worker} from 'bullmq';
import Database from 'better-sqlite3';
import {fork} from 'node:child_process';
import {randomUUID} from 'node:crypto';

const [port, jobs, concurrency] = process.argv.slice(2, 5).map(Number);
const [to, from, name = `bench${process.pid}`] = process.argv.slice(5);
const producing = process.argv.length > 7;
const connection = {host: '127.0.0.1', port, maxRetriesPerRequest: null};
const body = Buffer.alloc(300, 'x');
const blob = (text) => Buffer.from(text);
const fact = {body: 'x'.repeat(250)};
const opts = {removeOnComplete: true};

// As the product opens its own.
function open(path) {
  const database = new Database(path);
  for (const setting of ['journal_mode = WAL', 'synchronous = FULL', 'wal_autocheckpoint = 4000', 'temp_store = MEMORY',
                         'secure_delete = ON', 'cache_size = -32768']) {
    database.pragma(setting);
  }
  return database;
}

const record = (database) => database.prepare('INSERT INTO record (kind, id, version, key_list, body) VALUES (?, ?, 1, ?, ?)');

// Commits and adds `jobs` commands, 32 adds under way at once.
async function produce() {
  const database = open(from);
  const queue = new Queue(name, {connection});
  await queue.waitUntilReady();
  const [put, append, save] = [
    record(database),
    database.prepare('INSERT INTO event (id, subject, subject_version, body) VALUES (?, ?, 1, ?)'),
    database.prepare('INSERT INTO request (actor, request_id, method, fingerprint, response, expires_at) VALUES (?, ?, ?, ?, ?, ?)')];
  const command = database.transaction((number, id) => {
    const subject = blob(`applications/${number}`), request = blob(`request-${number}`);
    put.run(blob('application'), subject, Buffer.alloc(0), body);
    append.run(blob(id), subject, blob(fact.body));
    save.run(blob('people/bench'), request, blob('SubmitApplication'), request, body, Date.now() * 1000);
  });
  let next = 0;
  const caller = async () => {
    for (let number = next++; number < jobs; number = next++) {
      const id = randomUUID();
      command.immediate(number, id);
      await queue.add('fact', fact, {...opts, jobId: id});
    }
  };
  process.once('message', async () => {
    await Promise.all(Array.from({length: 32}, caller));
    process.exit(0);
  });
  process.send('ready');
}

// What a job does.
function effect() {
  if (!to) return async () => {};
  const database = open(to);
  const [mark, put] = [
    database.prepare('INSERT INTO inbox (consumer, event_id, handled_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING'),
    record(database)];
  const once = database.transaction((id) => {
    if (mark.run(blob('bullmq'), blob(id), Date.now() * 1000).changes === 0) return;
    put.run(blob('effect'), blob(`effects/${id}`), Buffer.alloc(0), body);
  });
  return async (job) => once.immediate(job.id);
}

async function work() {
  let begin = () => {};
  if (from) {
    const producer = fork(process.argv[1], [...process.argv.slice(2), name]);
    await new Promise((resolve) => producer.once('message', resolve));
    begin = () => producer.send('begin');
  } else {
    const queue = new Queue(name, {connection});
    for (let added = 0; added < jobs; added += 500) {
      await queue.addBulk(Array(Math.min(500, jobs - added)).fill({name: 'fact', data: fact, opts}));
    }
  }
  const worker = new Worker(name, effect(), {connection, concurrency, autorun: false});
  await worker.waitUntilReady();
  let left = jobs;
  const start = process.hrtime.bigint();
  const done = new Promise((resolve, reject) => {
    worker.on('completed', () => { if (--left === 0) resolve(); });
    worker.on('failed', (_, error) => reject(error));
    worker.on('error', reject);
  });
  worker.run();
  begin();
  await done;
  console.log(jobs / (Number(process.hrtime.bigint() - start) / 1e9));
  process.exit(0);
}

await (producing ? produce() : work());
