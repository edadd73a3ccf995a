import { Controller, Get, Header, Param } from '@nestjs/common';
import { siteId } from '#libs/domain';
import { AuditExports } from '../audit/audit-exports.js';
import { ThisProcess } from '../this-process.js';
import { ApiError } from './api-error.js';
import { Needs } from './token.guard.js';

/** What of the audit belongs to no group. */
@Controller('v1/audit')
export class AuditController {
  constructor(
    private readonly self: ThisProcess,
    private readonly exports: AuditExports,
  ) {}

  @Get('sites/:site/export')
  @Needs('read')
  @Header('content-type', 'application/x-ndjson')
  async site(@Param('site') id: string): Promise<string> {
    const sites = this.self.topology.sites.map((site) => site.id);
    if (sites.includes(siteId(id))) return this.exports.ofSite(siteId(id));
    throw new ApiError(404, 'SB_UNKNOWN_SITE', `There is no site ${id}.`, `The sites are: ${sites.join(', ')}`);
  }

  @Get('checkpoints')
  @Needs('read')
  @Header('content-type', 'application/x-ndjson')
  checkpoints(): Promise<string> {
    return this.exports.checkpoints();
  }
}
