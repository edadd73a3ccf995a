import { Body, Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import { NotificationTestBody, type NotificationTestAnswer } from '#libs/contracts';
import { NotificationTests } from '../operation/notification-tests.js';
import { bodyAs } from './request.js';
import { Needs, type AuthenticatedRequest } from './token.guard.js';

/** Whether people would be told, before it is needed. */
@Controller('v1/notification-tests')
export class NotificationTestsController {
  constructor(private readonly tests: NotificationTests) {}

  @Post()
  @HttpCode(200)
  @Needs('operate')
  ask(@Body() body: unknown, @Req() { asked }: AuthenticatedRequest): Promise<NotificationTestAnswer> {
    return this.tests.ask(bodyAs(NotificationTestBody, body), asked);
  }

  @Get(':test')
  @Needs('read')
  find(@Param('test') id: string): Promise<NotificationTestAnswer> {
    return this.tests.find(id);
  }
}
