/** A column of a bill that Tare reads. Columns it does not read are tolerated and ignored. */
export type ColumnSpec = Readonly<{
  name: string;
  /** Spellings of earlier versions of FOCUS, and of the providers. */
  aliases: readonly string[];
  isRequired: boolean;
  meaning: string;
}>;

/**
 * The columns of FOCUS 1.0 to 1.3 that the ledger needs, with the names they had in 0.5 and 1.0-preview, and the `x_` columns
 * that providers add and that say more. They are found by name, without regard to case and order.
 */
export const FOCUS_COLUMNS = [
  column('BilledCost', 'what the invoice says', { isRequired: true }),
  column('ChargeCategory', 'Usage, Purchase, Tax, Credit or Adjustment', {
    isRequired: true,
    aliases: ['ChargeType'],
  }),
  column('ChargePeriodStart', 'UTC instant, inclusive', { isRequired: true }),
  column('ChargePeriodEnd', 'UTC instant, exclusive', { isRequired: true }),
  column('EffectiveCost', 'amortised cost after all discounts; what the ledger counts', {
    aliases: ['AmortizedCost'],
  }),
  column('ListCost', 'cost at the public price'),
  column('ContractedCost', 'cost at the negotiated price, before commitments'),
  column('BillingCurrency', 'three letters; the currency of the ledger where it is missing'),
  column('BillingPeriodStart', 'start of the invoice period'),
  column('BillingPeriodEnd', 'end of the invoice period, exclusive'),
  column('ChargeClass', 'Correction on rows that correct an earlier invoice'),
  column('ChargeSubcategory', 'of 1.0-preview: Used Commitment, Unused Commitment, Credit …'),
  column('ChargeDescription', 'what the provider says about the row'),
  column('ChargeFrequency', 'One-Time, Recurring or Usage-Based'),
  column('PricingCategory', 'Standard, Dynamic (spot), Committed or Other'),
  column('CommitmentDiscountId', 'the reservation or savings plan'),
  column('CommitmentDiscountStatus', 'Used or Unused'),
  column('CommitmentDiscountName', 'its display name'),
  column('CommitmentDiscountType', 'what the provider calls it: Reserved, Savings Plan …'),
  column('CommitmentDiscountCategory', 'Usage or Spend'),
  column('CommitmentDiscountQuantity', 'how much of it the row uses, or leaves unused (1.1)'),
  column('CommitmentDiscountUnit', 'unit of that quantity (1.1)'),
  column('ServiceProviderName', 'who sells the service (1.3)'),
  column('ProviderName', 'who sells the service (up to 1.2)', { aliases: ['Provider'] }),
  column('PublisherName', 'who makes the service', { aliases: ['Publisher'] }),
  column('InvoiceIssuerName', 'who sends the invoice', { aliases: ['InvoiceIssuer'] }),
  column('BillingAccountId', 'the payer'),
  column('SubAccountId', 'account, subscription or project'),
  column('SubAccountName', 'its display name'),
  column('ServiceCategory', 'Compute, Storage, AI and Machine Learning …'),
  column('ServiceName', 'the product'),
  column('SkuId', 'what is priced'),
  column('SkuMeter', 'what is metered (1.1)'),
  column('SkuPriceDetails', 'JSON: InstanceType, GpuCount, x_GpuModel … (1.1)'),
  column('RegionId', "the provider's region", { aliases: ['Region'] }),
  column('RegionName', 'its display name'),
  column('ResourceId', 'what joins a row to a node'),
  column('ResourceName', 'its display name'),
  column('PricingQuantity', 'quantity in PricingUnit'),
  column('PricingUnit', 'Hours, GB-Months, 1000 Tokens …'),
  column('ConsumedQuantity', 'quantity in ConsumedUnit', { aliases: ['UsageQuantity'] }),
  column('ConsumedUnit', 'Hours, GPU-Hours, Seconds …', { aliases: ['UsageUnit'] }),
  column('AllocatedTags', 'tags of what a shared cost was split to (1.3)'),
  column('Tags', 'JSON object, map, or array of pairs'),
  column('x_Labels', 'Google: labels of the resource'),
  column('x_Tags', 'Google: tags'),
  column('x_ProjectLabels', 'Google: labels of the project'),
  column('x_SystemLabels', 'Google: machine type and the like'),
  column('x_InstanceType', 'machine type', { aliases: ['x_SkuInstanceType'] }),
  column('x_UsageType', 'AWS: usage type, such as BoxUsage:p5.48xlarge'),
  column('x_Operation', 'AWS: operation'),
  column('x_ServiceCode', 'AWS: code of the service'),
  column('x_SkuDetails', 'Azure: JSON with the machine type', { aliases: ['x_AdditionalInfo'] }),
  column('x_SkuMeterName', 'Azure: what is metered'),
  column('x_SkuDescription', 'Azure: what is priced'),
] as const satisfies readonly ColumnSpec[];

export type FocusColumn = (typeof FOCUS_COLUMNS)[number]['name'];

function column<const Name extends string>(
  name: Name,
  meaning: string,
  { isRequired = false, aliases = [] }: { isRequired?: boolean; aliases?: readonly string[] } = {},
): ColumnSpec & Readonly<{ name: Name }> {
  return { name, aliases, isRequired, meaning };
}
