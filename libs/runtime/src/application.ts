import type { DynamicModule, INestApplication, Type } from '@nestjs/common';
import type { Environment } from './environment.js';

export interface Application {
  /** Its folder in apps/. */
  readonly name: string;
  /** Loads the configuration and returns the module. Runs before Nest; what it throws is a configuration problem. */
  readonly module: (environment: Environment) => Promise<Type | DynamicModule>;
  /** Attaches what listens besides HTTP, once everything is put together. */
  readonly attach?: (app: INestApplication) => Promise<unknown>;
}
