import { ageField, type OwnGuide } from "../../guide.ts";

export const guide: OwnGuide = {
  name: "Amazon SES",
  group: "email",
  brings:
    "By a topic of Amazon SNS: what became of your mails, the feedback of an identity, and mails of a receipt rule with an SNS action.",
  steps: [
    "In AWS, have SES publish to the topic whose ARN you have given here: as an event destination of a configuration set, as an identity's feedback, or by a receipt rule.",
    "In **Amazon SNS → Topics**, open the topic and create a subscription: protocol **HTTPS**, endpoint `{url}`, and leave **raw message delivery** off.",
    "The subscription confirms itself: a receipt below says `Subscribed to …`.",
  ],
  signed: "The message, its topic, its id and its time, by keys of AWS.",
  caution: "Anybody may have a topic: only messages of the topics that you name are taken.",
  repeats: "Three times, 20 s apart, unless the subscription says otherwise.",
  fields: {
    "options.topics": {
      label: "Topics",
      hint: "The ARNs of your topics, one a line, such as `arn:aws:sns:eu-west-1:123456789012:ses-events`.",
    },
    "options.tolerance": ageField("3600. Choose 0 if you send dead letters again by hand"),
  },
  tickets: true,
};
