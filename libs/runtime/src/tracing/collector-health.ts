import { messageOf } from '#libs/domain';
import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import type { Clock } from '../clock.js';
import { ConditionLog } from '../condition-log.js';
import type { Log } from '../log.js';

/** Whether the collector takes what it is sent: said when that changes, and not at every batch. */
export class CollectorHealth {
  private readonly conditions: ConditionLog;

  constructor(log: Log, clock: Clock) {
    this.conditions = new ConditionLog(log, clock);
  }

  saw({ code, error }: ExportResult): void {
    if (code === ExportResultCode.SUCCESS) this.conditions.ended('collector', 'The collector takes telemetry again');
    else this.conditions.holds('collector', `The collector of telemetry takes nothing: ${problemOf(error)}`);
  }
}

/** An answer has a status; what is behind a failed request says more than it does. */
function problemOf(error: ExportResult['error']): string {
  const { code, cause } = (error ?? {}) as { readonly code?: unknown; readonly cause?: unknown };
  return typeof code === 'number' ? `it answered ${code}` : messageOf(cause ?? error ?? 'nobody knows why');
}
