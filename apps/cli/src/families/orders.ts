import { freeze, unfreeze } from '../commands/freeze.js';
import { attest, override, release } from '../commands/lift.js';
import { testChannels } from '../commands/notify.js';
import { rescue, type RescueOptions } from '../commands/rescue.js';
import { reasonFrom, type Runner, type SignalboxCommand } from '../signalbox-command.js';
import { describeApprovals } from './approvals.js';

interface Reason {
  readonly reason: string;
}
type ReasonAndDuration = Reason & { readonly for: number };
type ReasonAndSite = Reason & { readonly site: string };

/** What says who or what may act. */
export const describeOrders = (program: SignalboxCommand, runner: Runner): void => {
  program.commandsGroup('Allow and forbid:');
  describeApprovals(program, runner);
  describeFreezes(program, runner);
  program
    .command('notify')
    .description('how people are told')
    .command('test')
    .option('--channel <id>', 'of this channel only')
    .description(
      'tell every channel that this is a test, and say which of them take it; ends with 1 where one does not',
    )
    .needs('operator')
    .action(async ({ channel }: { channel?: string }) => runner.asking((session) => testChannels(session, channel)));
  program
    .command('override <group> <veto>')
    .withReason()
    .withDuration('when it ends by itself: 15m, 2h; a day at most')
    .description('lift one veto by its name, where that can be done')
    .needs('operator')
    .action(async (group: string, veto: string, { reason, for: forMs }: ReasonAndDuration) =>
      runner.asking((session) => override(session, group, veto, { reason, forMs })),
    );
  program
    .command('attest <group>')
    .requiredOption('--site <site>', 'the site that is off')
    .withReason()
    .description('give your word that a site is off and takes no writes, where its fence cannot be read back')
    .needs('approver')
    .action(async (group: string, { site, reason }: ReasonAndSite) =>
      runner.asking((session) => attest(session, group, site, reason)),
    );
  program
    .command('release <group>')
    .requiredOption('--site <site>', 'the site that was rebuilt')
    .withReason()
    .description('end a quarantine without a reprotect: the site was rebuilt by hand')
    .needs('admin')
    .action(async (group: string, { site, reason }: ReasonAndSite) =>
      runner.asking((session) => release(session, group, site, reason)),
    );
  program
    .command('rescue <group>')
    .requiredOption('--active <site>', 'the site that serves')
    .option('--survey <run>', 'the survey that was read')
    .option('--confirm <hash>', 'as the survey printed it: refuse when anything is different by now')
    .option('--attest <text>', 'your word, for everything that nobody could read; it stands in the audit', reasonFrom)
    .description('begin anew from what the resources hold, when the journal was lost, restored or bypassed')
    .needs('admin')
    .action(async (group: string, options: RescueOptions) =>
      runner.asking((session) => rescue(session, group, options)),
    );
};

const describeFreezes = (program: SignalboxCommand, runner: Runner): void => {
  program
    .command('freeze <group>')
    .withReason()
    .withDuration('when it ends by itself: 30m, 2h, 1d; a week at most')
    .description('keep a group from acting')
    .needs('operator')
    .action(async (group: string, { reason, for: forMs }: ReasonAndDuration) =>
      runner.asking((session) => freeze(session, group, reason, forMs)),
    );
  program
    .command('unfreeze <group>')
    .withReason()
    .description('end a freeze')
    .needs('operator')
    .action(async (group: string, { reason }: Reason) => runner.asking((session) => unfreeze(session, group, reason)));
};
