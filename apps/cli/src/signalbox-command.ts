import { Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '#libs/contracts';
import type { Clock } from '#libs/runtime';
import type { ApiRole } from '#libs/topology';
import type { Outcome, Session, Terminal } from './command.js';
import type { GlobalOptions } from './session.js';

/** The least role that a token needs for it; `none`: no token at all. An admin may do everything. */
export type Role = Exclude<ApiRole, 'relay'> | 'none';

/** In words, for the help and for docs/cli.md. */
export const NEEDS: Readonly<Record<Role, string>> = {
  none: 'Needs no token.',
  viewer: 'Any token will do.',
  operator: 'Needs a token of role operator or admin.',
  approver: 'Needs a token of role approver or admin.',
  admin: 'Needs a token of role admin.',
};

/** A command that says who may use it. */
export class SignalboxCommand extends Command {
  role: Role | undefined;
  /** Commander itself does not ask for it, because a dry run goes without. */
  needsReason = false;

  override createCommand(name?: string): SignalboxCommand {
    return new SignalboxCommand(name);
  }

  needs(role: Role): this {
    this.role = role;
    return this.addHelpText('after', `\n${NEEDS[role]}`);
  }

  /** Why it is done: everybody reads it, and the audit keeps it. */
  withReason(): this {
    return this.requiredOption('--reason <text>', 'why; it stands in the audit', reasonFrom);
  }

  /** Like `withReason`, where a dry run needs none: see `reasonGiven`. */
  withReasonUnlessDry(): this {
    this.needsReason = true;
    return this.option('--reason <text>', 'why; it stands in the audit; only --dry-run needs none', reasonFrom);
  }

  /** Ends the command line like any other that cannot be understood. */
  reasonGiven({ reason, dryRun }: { readonly reason?: string; readonly dryRun?: boolean }): string {
    return reason ?? (dryRun ? '' : this.error("error: required option '--reason <text>' not specified"));
  }

  withOptionalDuration(description: string): this {
    return this.option('--for <duration>', description, durationFrom);
  }

  withDuration(description: string): this {
    return this.requiredOption('--for <duration>', description, durationFrom);
  }
}

/** What works without an orchestrator. */
export interface Desk {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly options: GlobalOptions;
}

/** What the commands of a family are run by; the one that only checks command lines runs nothing. */
export interface Runner {
  /** `withoutLogin`: what is sent says itself who it is from. */
  asking(command: (session: Session, desk: Desk) => Outcome, how?: { readonly withoutLogin: boolean }): Promise<void>;
  offline(command: (desk: Desk) => Outcome): Promise<void>;
}

const durationFrom = (text: string): number => {
  const ms = parseDuration(text);
  if (ms) return ms;
  throw new InvalidArgumentError('Write it like 30m, 2h or 1d.');
};

/** The next commands that are printed end in `--reason '<why>'`: pasted as they are, they would put that into the audit. */
export const reasonFrom = (text: string): string => {
  const reason = text.trim();
  if (!/^(…|<.*>)?$/.test(reason)) return reason;
  throw new InvalidArgumentError('Say why, in words.');
};
