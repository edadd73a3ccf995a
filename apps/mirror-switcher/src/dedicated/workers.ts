import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { messageOf } from '#libs/domain';
import { MirrorRestartError } from '../errors.js';

const execute = promisify(execFile);

/** Port: the workers of a MirrorMaker 2 that runs on its own, which read their properties once. */
export abstract class Workers {
  /**
   * Those that have read the file before are gone, and new ones were started, when this returns. `signal` ends the wait; what was
   * begun may go on. @throws MirrorRestartError
   */
  abstract startAnew(signal: AbortSignal): Promise<void>;
}

/** By the command that the site provides. */
export class CommandWorkers extends Workers {
  constructor(private readonly command: readonly string[]) {
    super();
  }

  override async startAnew(signal: AbortSignal): Promise<void> {
    const [program = '', ...args] = this.command;
    try {
      await execute(program, args, { signal, killSignal: 'SIGKILL' });
    } catch (error) {
      const problem = `"${this.command.join(' ')}" did not start MirrorMaker 2 anew: ${messageOf(error)}`;
      throw new MirrorRestartError(`${problem}. Run it by hand and repair it.`, { cause: error });
    }
  }
}
