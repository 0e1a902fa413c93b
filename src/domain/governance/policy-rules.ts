import type { RuleName } from './policy.ts';

export type RuleHelp = Readonly<{
  /** What it asks of a launch, in one line. */
  asks: string;
  parameters: Readonly<Record<string, string>>;
  /** A policy that can be used as it stands. */
  example: string;
}>;

/** What each rule is for, for people who write policies. A test holds the names to those that `tare.yaml` may have. */
export const RULE_HELP: Readonly<Record<RuleName, RuleHelp>> = {
  'allowed-gpu': {
    asks: 'it runs on one of these GPU models',
    parameters: { models: 'as anyone spells them; A100 is every kind of it' },
    example: '- { rule: allowed-gpu, models: [A100, L4] }',
  },
  'max-gpus': {
    asks: 'it holds at most so many GPUs',
    parameters: { gpus: 'with all of its copies', perNode: 'on one node or pod' },
    example: '- { rule: max-gpus, gpus: 8, perNode: 4 }',
  },
  'allowed-lifecycle': {
    asks: 'it is paid in one of these ways',
    parameters: { lifecycles: 'of on_demand, spot, committed and owned' },
    example: '- { rule: allowed-lifecycle, lifecycles: [spot, owned] }',
  },
  'allowed-region': {
    asks: 'it runs in one of these regions',
    parameters: { regions: '* stands for any characters' },
    example: '- { rule: allowed-region, regions: [eu-*] }',
  },
  'require-spot': {
    asks: 'work that can be stopped runs on spot capacity or own machines',
    parameters: {},
    example: '- { rule: require-spot, kind: training }',
  },
  'forbid-spot': {
    asks: 'what people wait for does not run on spot capacity',
    parameters: {},
    example: '- { rule: forbid-spot, kind: inference }',
  },
  'require-autoscaling': {
    asks: 'a service changes the number of its replicas by itself',
    parameters: {},
    example: '- { rule: require-autoscaling, kind: inference }',
  },
  'require-scale-to-zero': {
    asks: 'a service or notebook goes to none when nobody asks',
    parameters: {},
    example: '- { rule: require-scale-to-zero, kind: inference, environment: dev }',
  },
  'max-idle': {
    asks: 'something stops it after so long without work',
    parameters: { for: 'such as 30m, 2h, 1d' },
    example: '- { rule: max-idle, kind: notebook, for: 2h }',
  },
  'max-hours': {
    asks: 'a run has a time limit, of at most so long',
    parameters: { for: 'such as 12h, 3d' },
    example: '- { rule: max-hours, kind: [training, batch], for: 3d }',
  },
  'required-tags': {
    asks: 'it has these labels, tags or owners',
    parameters: { required: 'names of labels, tags or owner dimensions' },
    example: '- { rule: required-tags, required: [team] }',
  },
  'oversized-gpu': {
    asks: 'a small model is not put on a large GPU',
    parameters: { headroom: 'memory on top of the weights, as a share of them; 0.3 unless stated' },
    example: '- { rule: oversized-gpu, headroom: 0.3 }',
  },
  'max-cost': {
    asks: 'it costs at most so much',
    parameters: {
      perRun: 'a whole run',
      perHour: 'an hour, with the most copies',
      perMonth: '730 hours of what runs until it is stopped, with the most copies',
    },
    example: '- { rule: max-cost, perRun: 500, perMonth: 20000 }',
  },
  expression: {
    asks: 'an expression is not true of it',
    parameters: { deny: 'the expression; a launch of which it is true is a violation' },
    example: `- rule: expression
  name: no large GPU in dev
  deny: "environment == 'dev' and gpus > 4"
  message: development does not need more than four GPUs
  fix: ask for fewer, or ask the platform team`,
  },
};

/** What every rule may have. */
export const COMMON_PARAMETERS: Readonly<Record<string, string>> = {
  name: 'as messages call it; the rule unless stated',
  team: 'only launches of this team; one or several',
  model: 'only of this model',
  environment: 'only in this environment',
  tags: 'own owner dimensions and their values',
  kind: 'only training, inference, notebook, batch or system',
  severity: 'error, which is the default, or warning, which stops nothing',
  message: 'instead of the message of the rule',
  fix: 'what to do, instead of the advice of the rule',
};
