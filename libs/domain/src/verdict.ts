import type { ClusterId, SiteId } from './ids.js';
import type { Opinion } from './vote.js';

/** What the quorum says of a cluster: the first row of design §5 that matches. */
export type VerdictKind =
  'reborn-empty' | 'down' | 'link-down' | 'asymmetric' | 'no-quorum' | 'monitor-lost' | 'degraded' | 'up' | 'blind';

/** One site's voice: what its processes say together. `silent` means no fresh vote at all. */
export interface SiteVoice {
  readonly site: SiteId;
  readonly opinion: Opinion | 'silent';
  readonly failedForMs: number;
  readonly healthyForMs: number;
  /** Good rounds since the last bad one, of the process that saw most of them; absent where none counts them. */
  readonly goodRounds?: number;
  readonly reasons: readonly string[];
  /** What Kafka calls itself there, where those of its processes that reach it agree. */
  readonly kafkaClusterId?: string;
  /** Why it is not the cluster that was known although it calls itself the same, by one that reaches it. */
  readonly rebornBecause?: string;
}

export interface Verdict {
  readonly cluster: ClusterId;
  readonly kind: VerdictKind;
  /** The row that matched, e.g. `verdict-5-down-by-quorum`. */
  readonly rule: string;
  /** How long the failure must last before it is acted on; present only for `down`. */
  readonly dwellMs?: number;
  /** How long the votes that made the verdict have been failing, counted from the first failed round. */
  readonly failedForMs: number;
  readonly voices: readonly SiteVoice[];
}
