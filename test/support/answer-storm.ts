import { decodeOrThrow, SiteAuditEntryWire, type ApprovalAnswer } from '#libs/contracts';
import type { Approval, SiteAuditEntry } from '#libs/domain';
import { keys, type Journal } from '#libs/journal';
import { SystemClock } from '#libs/runtime';
import type { ApiError } from '../../apps/orchestrator/src/api/api-error.js';
import { codeOf } from '../../apps/orchestrator/src/approval/answer-refusals.js';
import { Approvals } from '../../apps/orchestrator/src/approval/approvals.js';
import { principalNamed } from '../../apps/orchestrator/src/approval/principal.js';
import { Stage, stageTopology, w } from './group-stage.js';
import { OperatorDesk } from './operator-desk.js';
import { slackChannel } from './slack/slack-channel.js';

/** Those who may answer; `ada` asks, and `eve` is none of them. */
const ONCALL = ['bob', 'carol', 'approver', ...Array.from({ length: 17 }, (_, index) => `person-${index}`)];
export const REQUIRED = 3;
const CHANNELS = ['api', 'cli', 'slack', 'offline'] as const;
/** Of so many one goes the whole way, over HTTP. */
const OVER_HTTP_EVERY = 50;
const slackIdOf = (name: string): string => `U0${name.toUpperCase().replaceAll('-', '')}`;
/** Nobody has heard of `eve` there. */
const SLACK = slackChannel({ people: Object.fromEntries([...ONCALL, 'ada'].map((name) => [slackIdOf(name), name])) });
const WRITTEN_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 50;
const real = new SystemClock();

/** What somebody said, and what it came to: an outcome, or the code of a refusal. */
export interface Said {
  readonly by: string;
  readonly decision: 'grant' | 'deny';
  readonly came: string;
  readonly answer?: ApprovalAnswer;
}

/** One approval of three of twenty people at two orchestrators, and everybody answers it at once. */
export class AnswerStorm<J extends Journal> {
  private constructor(
    readonly stage: Stage<J>,
    private readonly desks: readonly OperatorDesk[],
    readonly approval: string,
  ) {}

  /** On a journal of its own, or on this one. */
  static async brew<J extends Journal>(journal?: J): Promise<AnswerStorm<J>> {
    const topology = stageTopology();
    const asks = { groups: { oncall: ONCALL }, approvers: ['oncall'], required: REQUIRED };
    const ground = { topology: { ...topology, approval: { ...topology.approval, ...asks }, channels: [SLACK] } };
    const stage = new Stage<J>({}, {}, { ...ground, ...(journal && { journal }) });
    await stage.allWell();
    const desks = [await OperatorDesk.open(stage), await OperatorDesk.open(stage)];
    const { body } = await desks[0]!.post('ada', 'requests', { kind: 'failover', reason: 'a smells of smoke' });
    return new AnswerStorm(stage, desks, body.approval as string);
  }

  /** All at once; every `noEvery`th is a no. */
  async break(count: number, noEvery: number): Promise<readonly Said[]> {
    return Promise.all(Array.from({ length: count }, (_, index) => this.say(index, noEvery)));
  }

  async outcome(): Promise<Approval> {
    const [approval] = await this.desks[0]!.app.get(Approvals).all();
    if (!approval) throw new Error('it is gone');
    return approval;
  }

  /** What the site's chain says of answers, when so many are written down. @throws Error when they are not in time */
  async noted(count: number): Promise<readonly SiteAuditEntry[]> {
    const untilMs = real.monotonicMs() + WRITTEN_WITHIN_MS;
    for (;;) {
      const { entries } = await this.stage.journal.read(keys.siteAudit(w));
      const all = entries.map(({ key, value }) => decodeOrThrow(SiteAuditEntryWire, value, key));
      const noted = all.filter(({ rule }) => rule === 'approval-answered');
      if (noted.length >= count) return noted;
      if (real.monotonicMs() > untilMs) throw new Error(`${noted.length} of ${count} answers are written down`);
      // For whoever waits on the stage's clock to try again, and for the journal itself.
      await this.stage.clock.advance(1_000);
      await real.sleep(LOOK_EVERY_MS);
    }
  }

  async end(): Promise<void> {
    for (const desk of this.desks) await desk.close();
  }

  private async say(index: number, noEvery: number): Promise<Said> {
    const by = index % 23 === 5 ? 'ada' : index % 29 === 7 ? 'eve' : (ONCALL[index % ONCALL.length] ?? 'bob');
    const decision = index % noEvery === noEvery - 1 ? 'deny' : 'grant';
    const said = { by, decision } as const;
    const desk = this.desks[index % this.desks.length]!;
    if (index % OVER_HTTP_EVERY === 0) return this.click(desk, said);
    try {
      const answer = await desk.app.get(Approvals).answer({
        approval: this.approval,
        decision,
        principal: principalNamed(this.stage.topology, by),
        channel: CHANNELS[index % CHANNELS.length] ?? 'api',
        reason: `answer ${index}`,
      });
      return { ...said, came: answer.outcome, answer };
    } catch (error) {
      return { ...said, came: codeOf(error as ApiError) };
    }
  }

  /** As Slack would hand it in. */
  private async click(desk: OperatorDesk, { by, decision }: Pick<Said, 'by' | 'decision'>): Promise<Said> {
    const person = { team: SLACK.team, user: slackIdOf(by) };
    const body = { decision, person, details: { message: '1700000000.1' } };
    const given = await desk.post('slack', `/approvals/${this.approval}/relayed-answers`, body);
    if (given.status !== 200) return { by, decision, came: given.body.code as string };
    return { by, decision, came: given.body.outcome as string, answer: given.body as ApprovalAnswer };
  }
}

/** What does not fit together, in words: of what each was told, of what the record says, and of what was written down. */
export function contradictions(said: readonly Said[], final: Approval, noted: readonly SiteAuditEntry[]): string[] {
  const { phase, decidedBy, answers } = final;
  const nos = answers.filter(({ decision }) => decision === 'deny');
  const yes = new Set(answers.filter(({ decision }) => decision === 'grant').map(({ by }) => by));
  const isOne = phase === 'granted' ? nos.length === 0 && yes.size === REQUIRED : nos.length === 1;
  return [
    ...(phase === 'granted' || phase === 'denied' ? [] : [`it is ${phase}`]),
    ...(isOne ? [] : [`it is ${phase} with ${yes.size} yes and ${nos.length} no`]),
    ...(answers.at(-1)?.by === decidedBy ? [] : [`${decidedBy} decided, and was not the last who counted`]),
    ...said.flatMap((each) => contradictionIn(each, final)),
    ...(tally(said.map(({ came }) => came)) === tally(noted.map(cameOf)) ? [] : ['the audit counts otherwise']),
  ];
}

function contradictionIn({ by, decision, came, answer }: Said, { phase, decidedBy, answers }: Approval): string[] {
  const counts = answers.some((each) => each.by === by && each.decision === decision);
  if (came === 'counted') return counts ? [] : [`${decision} of ${by} was said to count, and does not`];
  if (came === 'already-decided')
    return answer?.phase === phase && answer.decidedBy === decidedBy ? [] : [`${by} was told of ${answer?.phase}`];
  const isDue = (by === 'ada' && came !== 'SB_NOT_AN_APPROVER') || (by === 'eve' && came === 'SB_NOT_AN_APPROVER');
  return isDue ? [] : [`${by} got ${came}`];
}

const cameOf = ({ evidence }: SiteAuditEntry): string => {
  const { outcome, because } = evidence as { readonly outcome: string; readonly because?: string };
  return because ?? outcome;
};

/** How often each word is there, in words. */
const tally = (words: readonly string[]): string =>
  [...new Set(words)]
    .map((word) => `${word} ${words.filter((each) => each === word).length}`)
    .toSorted((one, other) => one.localeCompare(other))
    .join(', ');
