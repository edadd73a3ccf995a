import { messageOf } from '#libs/domain';
import { completed } from '../demo/requests.js';
import { statusOf } from '../demo/return.js';
import type { Stage } from '../demo/stage.js';

/** What was asked for, and what it came to. */
export interface Moved {
  readonly kind: 'switchover' | 'reprotect';
  readonly problem?: string;
}

/** Moves the group to the other site, or protects the site that it left. What does not succeed is told, and tried later. */
export async function moveOnce(stage: Stage): Promise<Moved> {
  const { active, returning } = await statusOf(stage);
  const other = active === 'a' ? 'b' : 'a';
  const kind = returning[other] ? 'reprotect' : 'switchover';
  const options = kind === 'reprotect' ? ['--site', other] : ['--to', other];
  try {
    await completed(stage, kind, ...options, '--reason', 'soak');
    return { kind };
  } catch (error) {
    return { kind, problem: messageOf(error) };
  }
}
