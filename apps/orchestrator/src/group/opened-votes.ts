import { MalformedError, openVote, type Decoded, type Keyring } from '#libs/contracts';
import type { Vote } from '#libs/domain';
import { keys, type Entry } from '#libs/journal';

/** What nobody has asked for in so many questions is forgotten: the votes of processes that are gone. */
const GENERATION = 10_000;

interface Opened {
  readonly text: string;
  readonly vote: Decoded<Vote>;
  /** The latest that its process is known to have said here. */
  readonly latest?: Pick<Vote, 'incarnation' | 'sequence'>;
}

/**
 * Votes as they were read and verified last, for all groups of a process: a signature is checked when its vote changes, and
 * not for every group that looks at it. It compares texts, not revisions: those start anew where a journal is restored.
 */
export class OpenedVotes {
  private recent = new Map<string, Opened>();
  private before = new Map<string, Opened>();
  private asked = 0;

  /** `onRejected` hears of a vote that does not count once, and not at every look. */
  constructor(
    private readonly keyring: Keyring,
    private readonly onRejected: (problem: Error) => void,
  ) {}

  open({ key, value }: Entry): Decoded<Vote> {
    if (++this.asked > GENERATION) this.turnOver();
    const known = this.recent.get(key) ?? this.before.get(key);
    const opened = known?.text === value ? known : this.openAnew(key, value, known);
    this.recent.set(key, opened);
    return opened.vote;
  }

  private openAnew(key: string, text: string, before: Opened | undefined): Opened {
    const opened = openVote(text, this.keyring, key);
    const problem = opened.ok ? (misplaced(key, opened.value) ?? replayed(opened.value, before?.latest)) : undefined;
    const vote = problem === undefined ? opened : { ok: false as const, problem: new MalformedError(key, problem) };
    if (!vote.ok) this.onRejected(vote.problem);
    const latest = vote.ok ? vote.value : before?.latest;
    return { text, vote, ...(latest && { latest }) };
  }

  private turnOver(): void {
    [this.before, this.recent, this.asked] = [this.recent, new Map(), 0];
  }
}

/** A vote counts once, where its own process put it: a copy elsewhere would be a voice of its own. */
const misplaced = (key: string, { cluster, site, process }: Vote): string | undefined =>
  key === keys.vote(cluster, site, process) ? undefined : `it is the vote of ${process} on ${cluster}`;

/** A process never goes back behind what it has said. */
function replayed({ incarnation, sequence }: Vote, latest: Opened['latest']): string | undefined {
  if (latest?.incarnation !== incarnation || sequence >= latest.sequence) return undefined;
  return `it is number ${sequence}, and number ${latest.sequence} was seen`;
}
