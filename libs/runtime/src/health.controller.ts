import { Controller, Get, HttpException } from '@nestjs/common';
import { Readiness, type ReadinessReport } from './readiness.js';

/** For kubelet and for people; says nothing secret, so it asks for no token. */
@Controller()
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  /** Alive: the event loop answers. Never depends on anything outside, since a restart would not help. */
  @Get('healthz')
  alive(): { readonly status: 'alive' } {
    return { status: 'alive' };
  }

  /** 200 also when degraded: the process still does its work, and a degraded one must not be taken out of service. */
  @Get('readyz')
  ready(): ReadinessReport {
    const report = this.readiness.report();
    if (report.status === 'starting' || report.status === 'blocked') throw new HttpException(report, 503);
    return report;
  }
}
