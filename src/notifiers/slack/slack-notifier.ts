import { messageText, type Paragraph, plainText } from '../../domain/governance/alerts/message-text.ts';
import { postOnce } from '../../outside/post-once.ts';
import type { Message, Notifier } from '../../ports/notifier.ts';

export type SlackSettings = Readonly<{ name: string; url: string }>;

/** Slack refuses longer ones: a header has 150 characters, a section 3,000, a message 50 blocks. */
const MOST_OF_HEADER = 150;
const MOST_OF_SECTION = 3_000;
const MOST_SECTIONS = 45;

const SIGNS = {
  critical: ':red_circle:',
  warning: ':large_orange_circle:',
  info: ':large_blue_circle:',
} as const;

/** An incoming webhook of Slack, in Block Kit; Mattermost and Discord (`/slack`) read the same. It cannot tell a repeated message. */
export function createSlackNotifier({ name, url }: SlackSettings): Notifier {
  return {
    name,
    kind: 'slack',
    isRepeatable: false,
    isGrouping: true,
    keepsNothing: false,
    send: (message, signal) =>
      postOnce(
        { url, headers: { 'content-type': 'application/json' }, body: JSON.stringify(slackBody(message)) },
        signal,
      ),
  };
}

export function slackBody(message: Message): Readonly<{ text: string; blocks: readonly object[] }> {
  const text = messageText(message);
  const shown = text.paragraphs.slice(0, MOST_SECTIONS);
  const rest = text.paragraphs.length - shown.length;
  return {
    // What notifications and screen readers show.
    text: escaped(`${text.title}\n${plainText(text)}`.slice(0, MOST_OF_SECTION)),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: text.title.slice(0, MOST_OF_HEADER) } },
      ...shown.map(section),
      ...(rest > 0 ? [{ type: 'context', elements: [{ type: 'mrkdwn', text: `and ${rest} more` }] }] : []),
    ],
  };
}

function section({ heading, lines, severity }: Paragraph): object {
  const sign = severity === null ? '' : `${SIGNS[severity]} `;
  const text = `${sign}*${escaped(heading)}*\n${lines.map(escaped).join('\n')}`;
  return { type: 'section', text: { type: 'mrkdwn', text: text.slice(0, MOST_OF_SECTION) } };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
