// Runs the jobs of one client. It ends when its standard input does, so that it never outlives the client's process.
// To its standard output it writes a record for each start of a job: its number (4 bytes) and the time of the monotonic
// clock in nanoseconds (8 bytes). A first record with the number -1 says that the worker listens.
import { EventEmitter } from "node:events";
import { Logger, run, runMigrations } from "graphile-worker";

const [uri, mode, concurrency, milliseconds] = process.argv.slice(2);

const logger = new Logger((scope) => (level, message) => {
  if (level === "error" || level === "warning") {
    console.error(`${scope.label ?? "core"} ${level}: ${message}`);
  }
});

const RECORD = 12;
const CAPACITY = 500;
let records = Buffer.allocUnsafe(CAPACITY * RECORD);
let used = 0;
let timer;

function flush() {
  clearTimeout(timer);
  timer = undefined;
  if (used > 0) {
    process.stdout.write(records.subarray(0, used));
    records = Buffer.allocUnsafe(CAPACITY * RECORD);
    used = 0;
  }
}

function record(job) {
  records.writeInt32BE(job, used);
  records.writeBigInt64BE(process.hrtime.bigint(), used + 4);
  used += RECORD;
  if (used === records.length) {
    flush();
  } else {
    timer ??= setTimeout(flush, 5);
  }
}

const length = Number(milliseconds);

function benchmark(payload) {
  record(Number(payload.text.substring(0, 9)));
  if (length > 0) {
    return new Promise((resolve) => setTimeout(resolve, length));
  }
}

async function work() {
  const concurrentJobs = Number(concurrency);
  const events = new EventEmitter();
  events.once("pool:listen:success", () => {
    record(-1);
    flush();
  });
  const runner = await run({
    preset: {
      worker: {
        connectionString: uri,
        concurrentJobs,
        maxPoolSize: concurrentJobs + 1,
        localQueue: { size: Math.max(500, concurrentJobs + 1) },
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
        logger,
      },
    },
    events,
    noHandleSignals: true,
    parsedCronItems: [],
    taskList: { benchmark },
  });
  process.stdin.on("end", async () => {
    await runner.stop();
    flush();
  });
  process.stdin.resume();
  await runner.promise;
}

if (mode === "migrate") {
  await runMigrations({ connectionString: uri, logger });
} else {
  await work();
}
