import type { ChargeCategory } from '../../domain/facts/facts.ts';
import type { BillName } from './rentals.ts';

/** Something billed that is not GPU time: so much a day, more or less. */
export type ChargePlan = Readonly<{
  bill: BillName;
  service: string;
  serviceCategory: string;
  description: string;
  region: string | null;
  resource: string | null;
  category: ChargeCategory;
  perDay: string;
  /** Level on Saturdays and Sundays; 1 is the same as on other days. */
  weekend: number;
  /** How much more a day costs at the end of the window than at its start, as a fraction. */
  growth: number;
  /** `null`: the line names nobody, and is shared. */
  tags: Readonly<{ team?: string; env?: string; model?: string }> | null;
}>;

export const CHARGES: readonly ChargePlan[] = [
  line(
    'aws',
    'Amazon Simple Storage Service',
    'Storage',
    'Standard storage, training data',
    '248.60',
    1,
    0.2,
    {
      tags: { team: 'ranking' },
      resource: 'ranking-training-data',
    },
  ),
  line('aws', 'Amazon Simple Storage Service', 'Storage', 'Standard storage, data lake', '131.20', 1, 0.08, {
    resource: 'company-data-lake',
  }),
  line('aws', 'Amazon Simple Storage Service', 'Storage', 'Checkpoints', '96.40', 1, 0.6, {
    tags: { team: 'research' },
    resource: 'research-checkpoints',
  }),
  line('aws', 'Amazon Elastic Block Store', 'Storage', 'gp3 volumes of GPU nodes', '118.75', 1, 0.1),
  line('aws', 'Amazon FSx', 'Storage', 'Lustre, shared scratch', '164.00', 1, 0, {}),
  line('aws', 'AWS Data Transfer', 'Networking', 'Internet egress, search', '92.30', 0.72, 0.25, {
    tags: { team: 'search', env: 'production' },
  }),
  line('aws', 'AWS Data Transfer', 'Networking', 'Traffic between zones', '141.90', 0.8, 0.15),
  line('aws', 'Amazon Virtual Private Cloud', 'Networking', 'NAT gateways', '58.20', 0.85, 0.1),
  line('aws', 'Amazon Elastic Kubernetes Service', 'Compute', 'Control planes', '14.40', 1, 0),
  line(
    'aws',
    'Amazon Elastic Compute Cloud',
    'Compute',
    'CPU nodes, feature pipelines',
    '436.50',
    0.9,
    0.15,
    {
      tags: { team: 'ranking' },
      resource: 'asg-feature-pipelines',
    },
  ),
  line('aws', 'Amazon Elastic Compute Cloud', 'Compute', 'CPU nodes, gateways', '227.80', 0.85, 0.2, {
    tags: { team: 'search', env: 'production' },
    resource: 'asg-gateways',
  }),
  line('aws', 'Amazon Elastic Compute Cloud', 'Compute', 'CPU nodes, cluster services', '188.10', 1, 0.05, {
    tags: { team: 'platform' },
    resource: 'asg-cluster-services',
  }),
  line(
    'aws',
    'Amazon Bedrock',
    'AI and Machine Learning',
    'Claude Sonnet, input and output tokens',
    '384.00',
    0.45,
    0.7,
    {
      tags: { team: 'search', model: 'claude-sonnet', env: 'production' },
    },
  ),
  line('aws', 'Amazon Bedrock', 'AI and Machine Learning', 'Titan embeddings', '27.60', 0.7, 0.2),
  line('aws', 'Amazon CloudWatch', 'Management and Governance', 'Metrics and logs', '74.30', 0.9, 0.1),
  line('aws', 'AWS Support (Enterprise)', 'Other', 'Enterprise support', '215.00', 1, 0.05),
  line('google', 'Cloud Storage', 'Storage', 'Standard storage', '43.90', 1, 0.1, {
    tags: { team: 'research' },
  }),
  line('google', 'Compute Engine', 'Networking', 'Egress to the internet', '21.70', 0.8, 0.1),
  line('google', 'Compute Engine', 'Compute', 'N2 cores and memory', '61.40', 1, 0, {
    tags: { team: 'platform' },
  }),
  line('openai', 'OpenAI API', 'AI and Machine Learning', 'GPT-4.1, evaluation', '142.00', 0.3, 0.5, {
    tags: { team: 'research', model: 'gpt-4.1' },
  }),
  line(
    'openai',
    'OpenAI API',
    'AI and Machine Learning',
    'GPT-4.1 mini, support assistant',
    '318.00',
    0.5,
    0.9,
    {
      tags: { team: 'search', model: 'gpt-4.1-mini', env: 'production' },
    },
  ),
  line('openai', 'OpenAI API', 'AI and Machine Learning', 'Shared key without a project', '66.00', 0.35, 0.4),
  line('openai', 'OpenAI API', 'AI and Machine Learning', 'Sales tax', '36.80', 0.48, 0.7, {
    category: 'Tax',
  }),
];

/** A machine's agreed price apart, one line gives money back: the cloud apologises for a bad day. */
export const CREDIT = {
  bill: 'aws',
  daysAgo: 12,
  amount: '-640.00',
  description: 'Service credit, us-east-1 connectivity',
} as const;

/** Bills come late: nothing is billed yet for this many days before the end, and for the day they begin in. */
export const UNBILLED_DAYS = 2;

function line(
  bill: BillName,
  service: string,
  serviceCategory: string,
  description: string,
  perDay: string,
  weekend: number,
  growth: number,
  more: Partial<Pick<ChargePlan, 'tags' | 'resource' | 'category' | 'region'>> = {},
): ChargePlan {
  return {
    bill,
    service,
    serviceCategory,
    description,
    perDay,
    weekend,
    growth,
    region: bill === 'aws' ? 'us-east-1' : bill === 'google' ? 'us-central1' : null,
    resource: null,
    category: 'Usage',
    tags: null,
    ...more,
  };
}
