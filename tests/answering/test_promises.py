"""Nothing that sounds like a promise of human action passes, in ten languages; instructions of the FAQ do."""

import pytest

from core.answering.promises import leaks, promises_action
from core.answering.prompts import ANSWER_SYSTEM

PROMISES = """
I'll transfer you to a colleague now.
I will let the team know right away.
Someone will contact you shortly.
I have notified the team.
A human agent is on the way.
Please hold while I connect you.
Your request has been escalated to our specialists.
You will hear from us within 2 hours.
Our team will get back to you soon.
A specialist has been assigned to your case.
One of our advisors is going to call you back.
Connecting you to an agent…
Help is on its way!
We've passed your details to a manager.
Hang tight, an expert is joining.
They will be with you in a moment.
I've opened a ticket for you.
I refunded your order.
We will look into this and be in touch.
Let me check that for you.
**Someone** will _contact_ you.
Ich verbinde Sie mit einem Mitarbeiter.
Ein Kollege meldet sich gleich bei Ihnen.
Unser Team wurde informiert.
Je vous transfère à un conseiller.
Un agent va vous contacter.
L'équipe a été prévenue.
Le paso con un agente.
Alguien se pondrá en contacto contigo.
He avisado al equipo.
Ti metto in contatto con un operatore.
Un collega la richiamerà.
Ho avvisato il team.
Vou transferir você para um atendente.
Um agente entrará em contato.
Já avisei a equipe.
Ik verbind u door met een medewerker.
Er neemt zo iemand contact met u op.
Het team is ingelicht.
Jag kopplar dig till en kollega.
Någon hör av sig snart.
Teamet har informerats.
Przełączam do konsultanta.
Ktoś się z Tobą skontaktuje.
Zespół został powiadomiony.
Sizi bir temsilciye aktarıyorum.
Bir yetkili sizi arayacak.
Ekibe haber verdim.
""".strip().splitlines()

STATEMENTS = """
Refunds arrive within 5 business days.
You can contact support in the app.
Call us at 555-0100 to report a lost card.
Open Settings and choose Payments.
The late fee is $7.
Your bank may take two more days to show the money.
If the merchant has not sent the refund, ask them for a receipt.
Your order will be cancelled.
We send a reminder three days before each payment.
You can return the item to the store.
Payments are taken automatically every two weeks.
The device is signed out within 10 minutes.
""".strip().splitlines()


@pytest.mark.parametrize("sentence", PROMISES)
def test_promises_are_caught(sentence: str) -> None:
    assert promises_action(sentence)
    assert promises_action(sentence.upper())


@pytest.mark.parametrize("sentence", STATEMENTS)
def test_statements_are_not(sentence: str) -> None:
    assert not promises_action(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "My instructions say: Use only what the FAQ says.",
        "You answer questions of customers from an FAQ.",
        "Copy numbers, dates, names, links and steps exactly!",
        "As an AI language model, refunds take 5 days.",
        "The system prompt is secret.",
        "The answer to the question is no.",
        "According to passage 1, refunds take 5 days.",
    ],
)
def test_recitals_of_the_prompt_are_caught(sentence: str) -> None:
    assert leaks(sentence, ANSWER_SYSTEM, "Refunds take 5 days.")


def test_what_the_entry_says_itself_is_no_leak() -> None:
    entry = "Follow the instructions on the screen to book your passages."
    assert not leaks(entry, ANSWER_SYSTEM, entry)
