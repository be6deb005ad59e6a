/** What the test server counted, for tests that ask whether something really happened. `eventsSent` are those of reads and subscriptions. */
export type Figures = {
  appends: number;
  batchAppends: number;
  subscriptions: number;
  eventsSent: number;
  gossips: number;
  waitsForDrain: number;
};

export const noFigures = (): Figures => ({
  appends: 0,
  batchAppends: 0,
  subscriptions: 0,
  eventsSent: 0,
  gossips: 0,
  waitsForDrain: 0,
});
