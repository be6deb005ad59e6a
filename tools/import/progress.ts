import { Presets, SingleBar } from 'cli-progress';

export type Progress = Readonly<{ update(done: number): void; say(line: string): void; stop(): void }>;

/** A bar for people; a line each tenth of the way for log files. */
export function progressOf(total: number): Progress {
  if (process.stderr.isTTY) return progressBar(total);
  let lastTenth = 0;
  return {
    update(done) {
      const tenth = total === 0 ? 10 : Math.floor((done / total) * 10);
      if (tenth > lastTenth) console.error(`${done} of ${total} rows`);
      lastTenth = Math.max(lastTenth, tenth);
    },
    say: (line) => console.error(line),
    stop: () => undefined,
  };
}

function progressBar(total: number): Progress {
  const format = '{bar} {percentage} % | {value} of {total} rows | {eta_formatted} left {note}';
  const bar = new SingleBar({ format, stream: process.stderr, hideCursor: true, etaBuffer: 500 }, Presets.shades_classic);
  bar.start(total, 0, { note: '' });
  return {
    update: (done) => bar.update(done, { note: '' }),
    say: (line) => bar.update({ note: `| ${line.slice(0, 80)}` }),
    stop: () => bar.stop(),
  };
}
