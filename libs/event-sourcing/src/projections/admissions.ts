import type { ProjectionRunner } from './projection-runner.js';

/** Those who ask in the same moment (at a first start: all) are taken in together, in one transaction. */
const gatherMs = 5;

type Request = Readonly<{ runner: ProjectionRunner; answer: (admitted: boolean) => void }>;

/** Where runners that have caught up ask to be taken in among the live read models. */
export class Admissions {
  private waiting: Request[] = [];

  constructor(
    private readonly admit: (runners: readonly ProjectionRunner[]) => Promise<readonly ProjectionRunner[]>,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Answers whether the runner's build is live now. */
  ask(runner: ProjectionRunner): Promise<boolean> {
    return new Promise((answer) => {
      this.waiting.push({ runner, answer });
      if (this.waiting.length === 1) setTimeout(() => void this.decide(), gatherMs);
    });
  }

  private async decide(): Promise<void> {
    const requests = this.waiting;
    this.waiting = [];
    let admitted: readonly ProjectionRunner[] = [];
    try {
      admitted = await this.admit(requests.map(({ runner }) => runner));
    } catch (error) {
      this.failed(error);
    }
    for (const { runner, answer } of requests) answer(admitted.includes(runner));
  }
}
