import {
  type MessageText,
  messageText,
  type Paragraph,
  plainText,
  unsureParagraphs,
} from '../../domain/governance/alerts/message-text.ts';
import { postOnce } from '../../outside/post-once.ts';
import type { Message, Notifier } from '../../ports/notifier.ts';

export type SlackSettings = Readonly<{ name: string; url: string }>;

/** Slack refuses longer ones: a header has 150 characters, a section 3,000, a message 50 blocks. */
const MOST_OF_HEADER = 150;
const MOST_OF_SECTION = 3_000;
const MOST_SECTIONS = 45;
const MOST_FIELDS = 10;
const MOST_OF_FIELD = 2_000;

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
  if (message.kind === 'report') return reportBody(message, text);
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

/** The sentence, the figures side by side, and a link: an incoming webhook carries no files. */
function reportBody(
  { report, unsure }: Extract<Message, { kind: 'report' }>,
  text: MessageText,
): ReturnType<typeof slackBody> {
  const { title, sentence, figures, notes, link } = report;
  const fields = figures.slice(0, MOST_FIELDS).map(({ label, value, note }) => {
    const small = note === '' ? '' : `\n${escaped(note)}`;
    return mrkdwn(`*${escaped(label)}*\n${escaped(value)}${small}`, MOST_OF_FIELD);
  });
  return {
    text: escaped(`${text.title}\n${plainText(text)}`.slice(0, MOST_OF_SECTION)),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: text.title.slice(0, MOST_OF_HEADER) } },
      { type: 'section', text: mrkdwn(escaped(sentence), MOST_OF_SECTION) },
      ...(fields.length > 0 ? [{ type: 'section', fields }] : []),
      ...(link === null
        ? []
        : [{ type: 'section', text: mrkdwn(`<${escaped(link)}|${escaped(title)}>`, MOST_OF_SECTION) }]),
      ...notes.map((note) => ({ type: 'context', elements: [mrkdwn(escaped(note), MOST_OF_SECTION)] })),
      ...unsureParagraphs(unsure).map(section),
    ],
  };
}

function mrkdwn(text: string, most: number): object {
  return { type: 'mrkdwn', text: text.slice(0, most) };
}

function section({ heading, lines, severity }: Paragraph): object {
  const sign = severity === null ? '' : `${SIGNS[severity]} `;
  const text = `${sign}*${escaped(heading)}*\n${lines.map(escaped).join('\n')}`;
  return { type: 'section', text: { type: 'mrkdwn', text: text.slice(0, MOST_OF_SECTION) } };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
