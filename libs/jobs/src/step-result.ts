import type { StepRecord } from '#libs/domain';

/** How a step ended; becomes part of its record. */
export interface StepResult extends Pick<StepRecord, 'verifiedBy' | 'problem' | 'exception'> {
  readonly status: 'done' | 'refused' | 'failed' | 'unknown';
}
