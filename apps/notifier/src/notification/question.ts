import { decode, type Decoded } from '#libs/contracts';
import type { ApprovalId } from '#libs/domain';
import { keys, type Journal } from '#libs/journal';
import { z } from 'zod';

const Answer = z.object({
  by: z.string(),
  decision: z.enum(['grant', 'deny']),
  at: z.number(),
  reason: z.string().optional(),
});

/**
 * What a message shows of an approval: read apart from what the rules need of one, so that a message of any version of it
 * can be shown.
 */
const QuestionWire = z.object({
  id: z.string().min(1),
  group: z.string().min(1),
  kind: z.string(),
  target: z.string(),
  requestedBy: z.string().optional(),
  phase: z.string(),
  planHash: z.string(),
  required: z.number().default(1),
  approvers: z.array(z.string()).default([]),
  vetoes: z.array(z.object({ name: z.string(), message: z.string() })),
  requestedAt: z.number(),
  expiresAt: z.number(),
  answers: z.array(Answer).default([]),
  decidedBy: z.string().optional(),
  decidedAt: z.number().optional(),
  reason: z.string().optional(),
});
export type Question = Readonly<z.infer<typeof QuestionWire>>;

const WAITING = ['open', 'pending', 'partly-granted'];

/** Whether nobody has decided it, in time or not. */
export const isUndecided = ({ phase }: Question): boolean => WAITING.includes(phase);

/** Whether an answer could still count. */
export const isOpen = (question: Question, nowMs: number): boolean =>
  isUndecided(question) && nowMs < question.expiresAt;

/** The approvals in the journal, to be shown. Nothing is decided here. */
export class QuestionBook {
  constructor(private readonly journal: Journal) {}

  /** Undefined when there is none, or none that can be read. @throws SignalboxError */
  async find(approval: string): Promise<Question | undefined> {
    const key = keys.approval(approval as ApprovalId);
    const [entry] = (await this.journal.read(key)).entries;
    return entry && found(decode(QuestionWire, entry.value, key));
  }

  /** @throws SignalboxError */
  async all(): Promise<readonly Question[]> {
    const { entries } = await this.journal.read(keys.approvals());
    return entries.flatMap(({ key, value }) => found(decode(QuestionWire, value, key)) ?? []);
  }
}

const found = (decoded: Decoded<Question>): Question | undefined => (decoded.ok ? decoded.value : undefined);
