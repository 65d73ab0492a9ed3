#!/usr/bin/env python3
"""Registers a member, submits an application and prints where it stands, and every reason when it is not eligible.

The first day of the stay (YYYY-MM-DD) may be given; without it, it is half a year from today. README.md has the commands
that generate the messages' classes and run this.

The caller is named by metadata, which a service accepts on a loopback address alone; elsewhere send
("authorization", "Bearer <token>") over TLS instead.
"""
import datetime
import os
import pathlib
import sys
import uuid

import grpc
from google.rpc import error_details_pb2, status_pb2
from amikeco.applicant.v1 import applicant_pb2, facts_pb2
from amikeco.programme.v1 import programme_pb2

# Retries, deadlines and load balancing, the same for every language; docs/partner-guide.md explains them.
SERVICE_CONFIG = pathlib.Path(__file__).resolve().parent.parent / "service_config.json"
SERVICE = "/amikeco.applicant.v1.ApplicantService/"


def call(channel, method, request, response_type, subject, organisation, role):
    """One call with a deadline. Generated stubs do the same; this shows what travels."""
    stub = channel.unary_unary(
        SERVICE + method,
        request_serializer=type(request).SerializeToString,
        response_deserializer=response_type.FromString,
    )
    identity = (("amikeco-subject", subject), ("amikeco-organisation", organisation), ("amikeco-roles", role))
    return stub(request, timeout=10, metadata=identity)


def set_date(field, day, days_later=0):
    """`day` is a date, or a text as somebody typed it: the service judges whether there is such a day."""
    if isinstance(day, datetime.date):
        day = (day + datetime.timedelta(days=days_later)).isoformat()
    field.year, field.month, field.day = (int(part) for part in day.split("-"))


def typed_date(text):
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return text


def describe(error):
    """Code, sentence, and the wrong fields or the named reason, from grpc-status-details-bin."""
    print(f"{error.code().name}: {error.details()}", file=sys.stderr)
    for key, value in error.trailing_metadata() or ():
        if key != "grpc-status-details-bin":
            continue
        for detail in status_pb2.Status.FromString(value).details:
            for kind in (error_details_pb2.ErrorInfo, error_details_pb2.BadRequest):
                message = kind()
                if detail.Unpack(message):
                    print(message, file=sys.stderr)


def main():
    today = datetime.date.today()
    first_day = typed_date(sys.argv[1]) if len(sys.argv) > 1 else today + datetime.timedelta(days=180)
    with grpc.insecure_channel(os.environ["AMIKECO_APPLICANT"],
                               options=[("grpc.service_config", SERVICE_CONFIG.read_text())]) as channel:
        member = applicant_pb2.RegisterMemberRequest(
            section="sections/DE",
            duty_status=programme_pb2.DUTY_STATUS_ACTIVE,
            request_id=str(uuid.uuid4()),
        )
        member.membership.membership_class = programme_pb2.MEMBERSHIP_CLASS_REGULAR
        set_date(member.membership.since, today, -2000)
        registered = call(channel, "RegisterMember", member, applicant_pb2.Member,
                          "people/secretary", "sections/DE", "ROLE_ENDORSER")

        request = applicant_pb2.SubmitApplicationRequest(
            member=registered.name,
            programme="programmes/ipa-exchange-inbound",
            request_id=str(uuid.uuid4()),  # send the same one again after a time-out: nothing happens twice
        )
        set_date(request.wishes.earliest_start, first_day)
        set_date(request.wishes.latest_end, first_day, 40)
        request.wishes.stay_days = 21
        request.wishes.topics.extend(["street-patrol", "detectives"])
        request.declarations.acknowledgements.extend([
            programme_pb2.ACKNOWLEDGEMENT_FLEXIBILITY,
            programme_pb2.ACKNOWLEDGEMENT_OWN_EXPENSE,
            programme_pb2.ACKNOWLEDGEMENT_NOT_A_VACATION,
        ])
        request.declarations.cost_categories.extend(
            ["air-ticket", "rental-car", "hotel", "food", "personal-travel", "shopping"])
        request.declarations.languages.add(code="en", level="C1")
        request.declarations.employer_status = facts_pb2.EMPLOYER_STATUS_PAID_LEAVE
        application = call(channel, "SubmitApplication", request, applicant_pb2.Application,
                           registered.name, "sections/DE", "ROLE_OFFICER")

        print(application.name, applicant_pb2.Application.State.Name(application.state))
        for result in application.rule_results:
            if not result.holds:
                print(f"  {result.reason}: {result.explanation}")


if __name__ == "__main__":
    try:
        main()
    except grpc.RpcError as error:
        describe(error)
        sys.exit(1)
