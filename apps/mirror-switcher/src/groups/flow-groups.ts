import {
  FencedResource,
  OutcomeUnknownError,
  UnavailableError,
  type Epoch,
  type GroupOffsets,
  type Stamped,
  type Verification,
  type WriteOutcome,
} from '#libs/domain';
import type { EpochMarker } from '../epoch-marker.js';
import { commitOf } from './group-places.js';
import { surveyGroups, type GroupSurvey, type SurveyedFlow } from './group-survey.js';
import { inWords, reportOn } from './group-report.js';

/**
 * Where the consumer groups of a flow go on at its target. Written without joining them, and only where a group has no
 * place and no members: the coordinator itself refuses a group that consumers have come to meanwhile.
 */
export class FlowGroups extends FencedResource<GroupOffsets> {
  override readonly fence = 'weak';
  /** Consumers go on from there; and their epoch is the mirror's, and is kept with it. */
  override readonly movesByItself = true;

  constructor(
    private readonly marker: Pick<EpochMarker, 'read' | 'stamp'>,
    private readonly flow: SurveyedFlow,
  ) {
    super();
  }

  /** Places move by themselves: a write is compared with the epoch alone. */
  override async read(signal: AbortSignal): Promise<Stamped<GroupOffsets>> {
    const [epoch, survey] = await Promise.all([this.marker.read(signal), surveyGroups(this.flow)]);
    return { value: valueOf(survey), epoch, version: `epoch=${epoch}` };
  }

  /** Stamps BEFORE it changes anything. */
  override async write(
    seen: Stamped<GroupOffsets>,
    next: GroupOffsets,
    epoch: Epoch,
    signal: AbortSignal,
  ): Promise<WriteOutcome> {
    if (seen.epoch > epoch || `epoch=${await this.marker.read(signal)}` !== seen.version) return 'refused';
    try {
      if (!(await this.marker.stamp(epoch, seen.epoch, signal))) return 'refused';
      if (next === 'unseeded') return seen.value === next ? 'written' : 'refused';
      await this.seed(await surveyGroups(this.flow), signal);
      return valueOf(await surveyGroups(this.flow)) === next ? 'written' : 'unknown';
    } catch (error) {
      // Even "not reached" may have come after the first of several groups.
      if (error instanceof OutcomeUnknownError || error instanceof UnavailableError) return 'unknown';
      throw error;
    }
  }

  override async verify(expected: GroupOffsets | undefined, _signal: AbortSignal): Promise<Verification> {
    const survey = await surveyGroups(this.flow);
    const report = reportOn(survey);
    const exception = inWords(report);
    return {
      check: 'committed offsets, members and checkpoints of the groups at the target',
      observed: { ...report },
      holds: expected === undefined || expected === valueOf(survey),
      ...(exception !== undefined && { exception }),
    };
  }

  /** One group after the other: a deadline in between leaves whole groups to the next try, which finds these in place. */
  private async seed({ groups }: GroupSurvey, signal: AbortSignal): Promise<void> {
    for (const { group, hasMembers, seeds } of groups) {
      if (signal.aborted) return;
      if (!hasMembers && seeds.length > 0) await this.flow.target.groups.commit(group, seeds.map(commitOf));
    }
  }
}

/** A group with members has its place in their hands; what is not there to be read needs none. */
const valueOf = ({ groups }: GroupSurvey): GroupOffsets =>
  groups.every(({ hasMembers, seeds }) => hasMembers || seeds.length === 0) ? 'seeded' : 'unseeded';
