import type { PreflightCheck } from '#libs/contracts';

export const pass = (name: string, message: string): PreflightCheck => ({ name, ok: true, message, remedy: '' });

export const fail = (name: string, message: string, remedy: string): PreflightCheck => ({
  name,
  ok: false,
  message,
  remedy,
});
