import { Controller, Get, Header } from '@nestjs/common';
import { EXPOSITION_TYPE, exposition } from './exposition.js';
import { Metrics } from './metrics.js';
import { Origin } from './origin.js';

/** For Prometheus; numbers and names of signalbox.yaml and nothing secret, so it asks for no token. */
@Controller()
export class MetricsController {
  constructor(
    private readonly metrics: Metrics,
    private readonly origin: Origin,
  ) {}

  @Get('metrics')
  @Header('content-type', EXPOSITION_TYPE)
  @Header('cache-control', 'no-store')
  all(): string {
    return exposition(this.metrics, this.origin.attributes);
  }
}
