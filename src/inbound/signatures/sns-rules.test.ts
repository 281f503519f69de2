import { describe, expect, it } from "vitest";
import { isCertificateUrl, isConfirmationUrl, isTopicArn } from "./sns-rules.ts";

const TOPIC = "arn:aws:sns:us-west-2:123456789012:MyTopic";
const FILE = "SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem";
const ORIGIN = "https://sns.us-west-2.amazonaws.com";

describe("topics", () => {
  it.each([
    TOPIC,
    "arn:aws:sns:ap-southeast-3:123456789012:a-b_C9",
    "arn:aws-cn:sns:cn-north-1:123456789012:t",
    "arn:aws-us-gov:sns:us-gov-west-1:123456789012:t",
    "arn:aws:sns:us-east-1:123456789012:t.fifo",
    "arn:aws-eusc:sns:eusc-de-east-1:123456789012:t",
  ])("%s is one", (arn) => expect(isTopicArn(arn)).toBe(true));

  it.each([
    "",
    "*",
    "arn:aws:sns:us-west-2:123456789012:*",
    "arn:aws:sns:us-west-2:12345:MyTopic",
    "arn:aws:sns:s3-us-west-2:123456789012:MyTopic",
    "arn:aws:sqs:us-west-2:123456789012:MyTopic",
    "arn:aws:sns:eusc-de-east-1:123456789012:t",
    "arn:aws-eusc:sns:us-west-2:123456789012:t",
    "arn:aws-eusc:sns:eusc-east-1:123456789012:t",
    `${TOPIC}:2bcfbf39-05c3-41de-beaa-fcfcc21c8f55`,
    `${TOPIC}\n`,
  ])("%j is none", (arn) => expect(isTopicArn(arn)).toBe(false));
});

describe("certificates", () => {
  it.each([
    [`${ORIGIN}/${FILE}`, TOPIC],
    [`https://sns.cn-north-1.amazonaws.com.cn/${FILE}`, "arn:aws-cn:sns:cn-north-1:123456789012:t"],
    [`https://sns.us-gov-west-1.amazonaws.com/${FILE}`, "arn:aws-us-gov:sns:us-gov-west-1:123456789012:t"],
    // `dnsSuffix` of the partition aws-eusc in AWS's partitions.json
    [`https://sns.eusc-de-east-1.amazonaws.eu/${FILE}`, "arn:aws-eusc:sns:eusc-de-east-1:123456789012:t"],
  ])("%s may speak for %s", (url, topic) => expect(isCertificateUrl(url, topic)).toBe(true));

  it.each([`https://sns.eusc-de-east-1.amazonaws.com/${FILE}`, `https://sns.us-west-2.amazonaws.eu/${FILE}`])(
    "%s may not speak for a topic of the European Sovereign Cloud",
    (url) => expect(isCertificateUrl(url, "arn:aws-eusc:sns:eusc-de-east-1:123456789012:t")).toBe(false),
  );

  it.each([
    ["plain HTTP", `http://sns.us-west-2.amazonaws.com/${FILE}`],
    ["a port", `${ORIGIN}:443/${FILE}`],
    ["a user", `https://sns.us-west-2.amazonaws.com@evil.example/${FILE}`],
    ["a user at the right host", `https://x@sns.us-west-2.amazonaws.com/${FILE}`],
    ["a longer host", `${ORIGIN}.evil.example/${FILE}`],
    ["a host that ends alike", `https://evil-sns.us-west-2.amazonaws.com/${FILE}`],
    ["a domain that ends alike", `https://sns.us-west-2.evilamazonaws.com/${FILE}`],
    ["any character for a dot", `https://sns.us-west-2xamazonaws.com/${FILE}`],
    ["a bucket", `https://sns.s3-us-west-2.amazonaws.com/${FILE}`],
    ["a bucket, as they are called today", `https://sns.s3.us-west-2.amazonaws.com/${FILE}`],
    ["no region", `https://sns.amazonaws.com/${FILE}`],
    ["another region", `https://sns.us-east-1.amazonaws.com/${FILE}`],
    ["China's domain for a region elsewhere", `${ORIGIN}.cn/${FILE}`],
    ["a host in capitals", `https://SNS.us-west-2.amazonaws.com/${FILE}`],
    ["another ending", `${ORIGIN}/${FILE.replace(".pem", ".key")}`],
    ["another file", `${ORIGIN}/evil.pem`],
    ["a shorter name", `${ORIGIN}/SimpleNotificationService-f3ecfb72.pem`],
    ["a folder", `${ORIGIN}/evil/${FILE}`],
    ["a way up", `${ORIGIN}/../${FILE}`],
    ["a query", `${ORIGIN}/${FILE}?x=1`],
    ["the file in a query", `${ORIGIN}/?${FILE}`],
    ["a fragment", `${ORIGIN}/${FILE}#x`],
    ["a fragment as the path", `${ORIGIN}/#${FILE}`],
    ["a backslash", `${ORIGIN}\\${FILE}`],
    ["white space before", ` ${ORIGIN}/${FILE}`],
    ["a line feed after", `${ORIGIN}/${FILE}\n`],
    ["a tab within", `https://sns.us-\twest-2.amazonaws.com/${FILE}`],
  ])("with %s may not", (_, url) => expect(isCertificateUrl(url, TOPIC)).toBe(false));

  it("speak for nothing that is no topic", () => expect(isCertificateUrl(`${ORIGIN}/${FILE}`, "none")).toBe(false));
});

describe("confirmations", () => {
  const TOKEN = "2336412f37fb687f";
  const right = `${ORIGIN}/?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=${TOKEN}`;
  const holds = (url: string) => isConfirmationUrl(url, TOPIC, TOKEN);

  it("are visited at the topic's own SNS", () => {
    expect(holds(right)).toBe(true);
    expect(holds(right.replace(TOPIC, encodeURIComponent(TOPIC)))).toBe(true);
    expect(holds(`${ORIGIN}/?Token=${TOKEN}&TopicArn=${TOPIC}&Action=ConfirmSubscription`)).toBe(true);
  });

  it.each([
    ["another host", right.replace(ORIGIN, "https://evil.example")],
    ["a longer host", right.replace(ORIGIN, `${ORIGIN}.evil.example`)],
    ["a bucket", right.replace("sns.us", "sns.s3-us")],
    ["another region", right.replace("sns.us-west-2", "sns.us-east-1")],
    ["plain HTTP", right.replace("https:", "http:")],
    ["a port", right.replace(`${ORIGIN}/`, `${ORIGIN}:8443/`)],
    ["a user", right.replace("https://", "https://x@")],
    ["a path", right.replace("/?", "/x?")],
    ["another action", right.replace("ConfirmSubscription", "Unsubscribe")],
    ["another topic", right.replace("MyTopic", "OtherTopic")],
    ["another token", right.replace(TOKEN, "another")],
    ["no token", right.replace(/&Token=.*/, "")],
    ["two actions", `${right}&Action=Unsubscribe`],
    ["something more", `${right}&AuthenticateOnUnsubscribe=true`],
    ["a fragment", `${right}#x`],
    ["a line feed", `${right}\n`],
    ["nothing at all", ""],
  ])("are not with %s", (_, url) => expect(holds(url)).toBe(false));
});
