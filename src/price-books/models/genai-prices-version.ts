/** Named in the reference of every price; a test keeps it equal to the installed package. */
export const GENAI_PRICES_VERSION = '0.1.8';
