import type { DynamicModule, Type } from '@nestjs/common';
import type { Environment } from './environment.js';

export interface Application {
  /** Its folder in apps/. */
  readonly name: string;
  /** Loads the configuration and returns the module. Runs before Nest; what it throws is a configuration problem. */
  readonly module: (environment: Environment) => Promise<Type | DynamicModule>;
}
