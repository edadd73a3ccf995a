/** One incarnation of a process. Once it is over, nothing that it asked for is ever answered. */
export class Life {
  private isOver = false;

  constructor(
    readonly process: string,
    private readonly onEnd: () => void,
  ) {}

  /** Dies here and now: whoever awaits this waits for ever. */
  end(): Promise<never> {
    if (!this.isOver) {
      this.isOver = true;
      this.onEnd();
    }
    return new Promise(() => undefined);
  }

  /** Asks for something, and hears the answer if it still lives by then. */
  async hear<T>(ask: () => Promise<T>): Promise<T> {
    if (this.isOver) return this.end();
    try {
      const answer = await ask();
      return this.isOver ? await this.end() : answer;
    } catch (error) {
      if (this.isOver) return this.end();
      throw error;
    }
  }

  /** A listener that hears nothing any more once this is over. */
  listening<A extends readonly unknown[]>(listener: (...heard: A) => void): (...heard: A) => void {
    return (...heard) => {
      if (!this.isOver) listener(...heard);
    };
  }
}
