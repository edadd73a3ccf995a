import { parse } from 'yaml';
import { z } from 'zod';
import { contentOf } from '../architecture/checkout.js';

const Rules = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          labels: z.object({ severity: z.enum(['critical', 'warning', 'none']) }),
          annotations: z.object({ summary: z.string(), description: z.string(), next: z.string() }),
        }),
      ),
    }),
  ),
});

const Tests = z.object({
  tests: z.array(
    z.object({ alert_rule_test: z.array(z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()) })) }),
  ),
});

export const alertRules = () =>
  Rules.parse(parse(contentOf('observability/alerts.yaml'))).groups.flatMap(({ rules }) => rules);

/** The cases of the rules, by the alert: how many expect it to fire, and how many expect quiet. */
export function casesOf(alert: string): { readonly firing: number; readonly quiet: number } {
  const { tests } = Tests.parse(parse(contentOf('observability/alerts.test.yaml')));
  const cases = tests.flatMap(({ alert_rule_test: all }) => all).filter(({ alertname }) => alertname === alert);
  const firing = cases.filter(({ exp_alerts: expected }) => expected.length > 0).length;
  return { firing, quiet: cases.length - firing };
}

const Dashboard = z.object({
  uid: z.string(),
  panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).min(1) })),
});

export const dashboard = (file: string) => Dashboard.parse(JSON.parse(contentOf(file)));
