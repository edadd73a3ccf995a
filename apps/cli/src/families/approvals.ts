import type { GivenAnswerBody } from '#libs/contracts';
import { answerApproval, approvals, cancelApproval, reviewApproval, type AnswerOptions } from '../commands/approval.js';
import { isAllGiven, sendToken, signAsked, signHere, type OfflineOptions } from '../commands/offline-answer.js';
import { reasonFrom, type Runner, type SignalboxCommand } from '../signalbox-command.js';

type Options = AnswerOptions & OfflineOptions & { readonly offline?: boolean; readonly token?: string };

/** What people are asked, and what they say to it. */
export const describeApprovals = (program: SignalboxCommand, runner: Runner): void => {
  const answer =
    (decision: GivenAnswerBody['decision']) =>
    async (id: string | undefined, options: Options, command: SignalboxCommand): Promise<void> => {
      const { token, offline } = options;
      if (token !== undefined) return runner.asking((session) => sendToken(session, token), { withoutLogin: true });
      if (id === undefined) command.error("error: missing required argument 'approval'");
      if (!offline) return runner.asking((session) => answerApproval(session, decision, id, options));
      if (isAllGiven(options)) return runner.offline((desk) => signHere(desk, decision, id, options));
      return runner.asking((session, desk) => signAsked(session, desk, decision, id, options));
    };

  program
    .command('approvals')
    .description('what people are asked, and what they answered, latest first')
    .needs('viewer')
    .action(async () => runner.asking((session) => approvals(session)));
  withAnswer(program.command('approve [approval]'))
    .option('--break-glass', 'decide alone, where more would have to agree; needs a reason, and a review afterwards')
    .description('let it run, and lift the vetoes that it lists')
    .action(answer('grant'));
  withAnswer(program.command('deny [approval]')).description('do not let it run').action(answer('deny'));
  program
    .command('cancel <approval>')
    .withReason()
    .description('take back what you asked for yourself, before it is decided')
    .needs('operator')
    .action(async (id: string, { reason }: { reason: string }) =>
      runner.asking((session) => cancelApproval(session, id, reason)),
    );
  program
    .command('review <approval>')
    .requiredOption('--note <text>', 'what you found; it stands in the audit', reasonFrom)
    .description('close what is owed after somebody else decided alone')
    .needs('approver')
    .action(async (id: string, { note }: { note: string }) =>
      runner.asking((session) => reviewApproval(session, id, note)),
    );
};

const withAnswer = (command: SignalboxCommand): SignalboxCommand =>
  command
    .option('--reason <text>', 'why; it stands in the audit')
    .option('--plan <hash>', 'as plan prints it: refuse when the approval asks for another plan')
    .option('--offline', 'print a token that says so instead, signed with your own key; anybody may hand it in')
    .option('--key <file>', 'your private key, Ed25519 in PEM; its public half is in approval.keys')
    .option('--key-id <id>', 'its id (default: found in signalbox.yaml)')
    .option('--from <file>', 'where to read it when no orchestrator can be asked: what approvals --json printed')
    .option('--group <group>', 'with --plan: all that is signed, when there is no such file either')
    .option('--installation <id>', 'of what (default: that of signalbox.yaml)')
    .withOptionalDuration('how long the token counts: 15m, 2h (default: 15m)')
    .option('--token <token>', 'hand in a token that was signed offline; needs no login')
    .needs('approver');
