import { spawn } from 'node:child_process';
import { messageOf, type SiteId } from '#libs/domain';
import type { BrokerAddress } from '#libs/kafka';
import type { Clock } from '#libs/runtime';
import { FenceCommandError } from '../errors.js';
import { isAnyAccepting } from './connect-probe.js';
import { ListenerSwitch, type FenceOrder } from './listener-switch.js';

type Command = readonly string[];

export interface FenceCommands {
  readonly close: Command;
  readonly open: Command;
  /** Exits 0 when open, 1 when closed. */
  readonly status: Command;
}

export interface FenceCommandOptions {
  /** Of one run of a command. */
  readonly timeoutMs: number;
  /** What the commands are told, beside whom it is for. */
  readonly site: SiteId;
}

/**
 * Runs the commands the site provides. Each is killed, with whatever it started, when it takes longer than `timeoutMs`.
 * What they are given and have to keep to: docs/fence-command.md.
 */
export class CommandListenerSwitch extends ListenerSwitch {
  constructor(
    private readonly commands: FenceCommands,
    private readonly listeners: readonly BrokerAddress[],
    private readonly clock: Clock,
    private readonly options: FenceCommandOptions,
  ) {
    super();
  }

  override async close(order: FenceOrder): Promise<void> {
    await this.expectSuccess(this.commands.close, order);
  }

  override async open(order: FenceOrder): Promise<void> {
    await this.expectSuccess(this.commands.open, order);
  }

  override async state(): Promise<'open' | 'closed'> {
    const { exitCode, text } = await this.run(this.commands.status);
    if (exitCode === 0) return 'open';
    if (exitCode === 1) return 'closed';
    throw this.failed(this.commands.status, exitCode, text);
  }

  override async answers(): Promise<boolean> {
    return isAnyAccepting(this.listeners, this.clock);
  }

  private async expectSuccess(command: Command, order: FenceOrder): Promise<void> {
    const { exitCode, text } = await this.run(command, order);
    if (exitCode !== 0) throw this.failed(command, exitCode, text);
  }

  private failed(command: Command, exitCode: number | string, text: string): FenceCommandError {
    const said = text.trim().slice(-500);
    return new FenceCommandError(
      `Fence command "${command.join(' ')}" ended with ${exitCode}${said && `: ${said}`}. Run it by hand and repair it.`,
    );
  }

  private async run(
    [program = '', ...args]: Command,
    order?: FenceOrder,
  ): Promise<{ exitCode: number | string; text: string }> {
    const { site, timeoutMs } = this.options;
    const env = { ...process.env, ...toldTo(site, order) };
    // In a group of its own, so that killing it also ends what it started.
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env });
    const ended = new AbortController();
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += String(chunk)));
    void this.clock.sleep(timeoutMs, ended.signal).then(() => {
      if (!ended.signal.aborted && child.pid !== undefined) killGroup(child.pid);
    });
    const { promise, resolve } = Promise.withResolvers<number | string>();
    child.on('error', (error) => resolve(messageOf(error)));
    child.on('exit', (code, signal) =>
      resolve(code ?? (signal === 'SIGKILL' ? `no answer within ${timeoutMs} ms` : String(signal))),
    );
    const exitCode = await promise;
    ended.abort();
    return { exitCode, text };
  }
}

/** Nothing secret: the processes of a machine see each other's environment. */
const toldTo = (site: SiteId, order: FenceOrder | undefined): Readonly<Record<string, string>> => ({
  SIGNALBOX_SITE: site,
  ...(order && { SIGNALBOX_GROUP: order.group, SIGNALBOX_EPOCH: String(order.epoch) }),
  ...(order?.run !== undefined && { SIGNALBOX_RUN: order.run }),
});

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself a moment ago.
  }
}
