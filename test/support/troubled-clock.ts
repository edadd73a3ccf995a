import { instant } from '#libs/domain';
import { VirtualClock } from './virtual-clock.js';

/** Its wall clock can be set, and its timers can be late. */
export class TroubledClock extends VirtualClock {
  setByMs = 0;
  lateByMs = 0;
  override now = () => instant(super.now() + this.setByMs);
  override monotonicMs = () => super.monotonicMs() + this.lateByMs;

  /** Nothing of this process runs for `ms`, and its timers are late by that. */
  stall(ms: number): void {
    this.lateByMs += ms;
    this.setByMs += ms;
  }

  /** The machine sleeps: only the wall clock goes on. */
  suspend(ms: number): void {
    this.setByMs += ms;
  }
}
