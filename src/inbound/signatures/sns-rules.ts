import { parseForm, queryOf } from "../parsing/form.ts";

/**
 * Which URLs of a message by Amazon SNS are AWS's own. They are matched as they are written, not as a parser reads them:
 * what has a port, a user, an escape or white space does not match.
 */

/**
 * A region as AWS names them. Not any label: the others under `amazonaws.com` may be other services', where anybody can
 * have a name (`sns.s3-us-west-2.amazonaws.com` is a bucket).
 */
const REGION =
  "[a-z]{2}(?:-gov)?-(?:north|south|east|west|central|northeast|northwest|southeast|southwest)-[1-9][0-9]?";
/**
 * Of the AWS European Sovereign Cloud, a partition with a domain of its own. Source: `regionRegex` and `dnsSuffix` of
 * aws-eusc in https://github.com/aws/aws-sdk-js-v3/blob/main/packages/util-endpoints/src/lib/aws/partitions.json
 */
const SOVEREIGN_REGION = REGION.replace("[a-z]{2}(?:-gov)?", "eusc-de");
const TOPIC = new RegExp(
  `^arn:(?:aws(?:-cn|-us-gov)?:sns:(${REGION})|aws-eusc:sns:(${SOVEREIGN_REGION})):[0-9]{12}:[A-Za-z0-9_-]{1,256}(?:\\.fifo)?$`,
);
const CERTIFICATE = /^SimpleNotificationService-[A-Za-z0-9]{32}\.pem$/;

export const isTopicArn = (text: string): boolean => TOPIC.test(text);

/** Where SNS of a topic's region is, with a slash; undefined for what is no topic's ARN. */
function originOf(topicArn: string): string | undefined {
  const [, region, sovereign] = TOPIC.exec(topicArn) ?? [];
  if (sovereign) return `https://sns.${sovereign}.amazonaws.eu/`;
  return region && `https://sns.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}/`;
}

/**
 * Whether a certificate at this URL may speak for the topic.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 */
export function isCertificateUrl(url: string, topicArn: string): boolean {
  const origin = originOf(topicArn);
  return origin !== undefined && url.startsWith(origin) && CERTIFICATE.test(url.slice(origin.length));
}

/** Whether a visit to this URL confirms the subscription to the topic by the token, and does nothing else. */
export function isConfirmationUrl(url: string, topicArn: string, token: string): boolean {
  const origin = originOf(topicArn);
  if (origin === undefined || !url.startsWith(`${origin}?`) || /[#\s]/.test(url)) return false;
  const query = parseForm(queryOf(url));
  const wanted = { Action: "ConfirmSubscription", TopicArn: topicArn, Token: token };
  return (
    query.length === Object.keys(wanted).length &&
    Object.entries(wanted).every(([name, value]) => query.some((pair) => pair[0] === name && pair[1] === value))
  );
}
