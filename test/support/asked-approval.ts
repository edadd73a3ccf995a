import { epoch, type Approval } from '#libs/domain';

type Needed = 'id' | 'group' | 'kind' | 'target' | 'requestedAt' | 'expiresAt';

/** An approval that nobody has answered, and that any one person may. */
export const askedApproval = (told: Pick<Approval, Needed> & Partial<Approval>): Approval => ({
  phase: 'pending',
  planHash: 'plan',
  evidenceHash: '',
  epoch: epoch(0),
  required: 1,
  approvers: [],
  vetoes: [],
  escalatesAt: [],
  answers: [],
  ...told,
});
