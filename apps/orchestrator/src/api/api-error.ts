import { HttpException } from '@nestjs/common';
import type { VetoView } from '#libs/contracts';

/** Why a request is refused: what is wrong, and what to do instead. `headers` go with the answer. */
export class ApiError extends HttpException {
  constructor(
    status: number,
    readonly code: string,
    message: string,
    readonly remedy: string,
    readonly vetoes?: readonly VetoView[],
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super({ code, message, remedy, ...(vetoes && { vetoes }) }, status);
    this.message = message;
  }
}
