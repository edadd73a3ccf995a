import { Controller, Get } from '@nestjs/common';
import { openApi } from './openapi.js';
import { Needs } from './token.guard.js';

@Controller('v1/openapi.json')
export class OpenApiController {
  @Get()
  @Needs('read')
  document() {
    return openApi();
  }
}
