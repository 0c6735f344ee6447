"""AWS on loopback: moto's server, with what it lacks. `python -m tests.terraform.emulator PORT` serves it.

Each addition says what AWS does and moto does not; without it the real provider waits for minutes or sees drift.
"""

import json
import os
import sys
from inspect import signature
from uuid import uuid4

from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.batch.models import BatchBackend
from moto.budgets.responses import BudgetsResponse
from moto.cloudfront import urls as cloudfront_urls
from moto.cloudfront.models import DefaultCacheBehaviour, ViewerCertificate
from moto.cloudfront.responses import CloudFrontResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import camelcase_to_underscores
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ecs.exceptions import InvalidParameterException
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.elbv2.exceptions import DuplicateListenerError
from moto.elbv2.models import ELBv2Backend
from moto.iam import iam_backends
from moto.route53 import models as route53
from moto.server import main


def scaling_tags() -> None:
    """Application Auto Scaling answers ListTagsForResource, and keeps what RegisterScalableTarget was given."""
    tags: dict[str, dict[str, str]] = {}
    register = ApplicationAutoScalingResponse.register_scalable_target

    def register_scalable_target(self):
        answer = register(self)
        if given := self._get_param("Tags"):
            tags[json.loads(answer)["ScalableTargetARN"]] = given
        return answer

    def list_tags_for_resource(self):
        return json.dumps({"Tags": tags.get(self._get_param("ResourceARN"), {})})

    ApplicationAutoScalingResponse.register_scalable_target = register_scalable_target
    ApplicationAutoScalingResponse.list_tags_for_resource = list_tags_for_resource


def service_settings() -> None:
    """CreateService keeps every setting that DescribeServices returns, and starts the tasks."""
    create = EC2ContainerServiceResponse.create_service

    def create_service(self):
        answer = create(self)
        service = answer.result["service"]
        for name in (
            "availabilityZoneRebalancing",
            "capacityProviderStrategy",
            "deploymentConfiguration",
            "enableECSManagedTags",
            "enableExecuteCommand",
            "healthCheckGracePeriodSeconds",
        ):
            setattr(service, camelcase_to_underscores(name), self._get_param(name))
        service.launch_type = self._get_param("launchType")  # none where there is a strategy
        service.running_count, service.pending_count = service.desired_count, 0
        service.deployments[0] |= {"rolloutState": "COMPLETED", "runningCount": service.desired_count}
        return answer

    EC2ContainerServiceResponse.create_service = create_service


def service_linked_role() -> None:
    """The first service of an account is refused: the role by which ECS acts is made then, and is not there yet."""
    create = EC2ContainerServiceResponse.create_service

    def create_service(self):
        iam = iam_backends[self.current_account][self.partition]
        if not any(role.path == "/aws-service-role/ecs.amazonaws.com/" for role in iam.roles.values()):
            iam.create_service_linked_role(service_name="ecs.amazonaws.com", description="", suffix="")
            raise InvalidParameterException(
                "Unable to assume the service linked role. Please verify that the ECS service linked role exists."
            )
        return create(self)

    EC2ContainerServiceResponse.create_service = create_service


def role_of_batch() -> None:
    """A compute environment without a role has that which Batch makes for itself, once for an account."""
    create = BatchBackend.create_compute_environment

    def create_compute_environment(self, *arguments, service_role=None, **named):
        if not service_role:
            name = "batch.amazonaws.com"
            iam = self.iam_backend
            made = [role for role in iam.roles.values() if role.path == f"/aws-service-role/{name}/"]
            (role,) = made or [iam.create_service_linked_role(service_name=name, description="", suffix="")]
            service_role = role.arn
        return create(self, *arguments, service_role=service_role, **named)

    BatchBackend.create_compute_environment = create_compute_environment


def rollbacks() -> None:
    """A release whose tasks do not start is undone; UpdateService itself succeeds, and the service is steady.

    Such tasks are those with ATTRACTOR_MAX_STEPS of 0, which the service refuses as it starts.
    """
    update = EC2ContainerServiceResponse.update_service

    def update_service(self):
        service = self.ecs_backend._get_service(self._get_param("cluster"), self._get_param("service"))
        before = service.task_definition
        answer = update(self)
        task = self.ecs_backend.describe_task_definition(service.task_definition)
        if {"name": "ATTRACTOR_MAX_STEPS", "value": "0"} in task.container_definitions[0]["environment"]:
            service.task_definition = before
        return answer

    EC2ContainerServiceResponse.update_service = update_service


def ports_of_listeners() -> None:
    """A load balancer has one listener on each port: a second is refused."""
    create = ELBv2Backend.create_listener

    def create_listener(self, load_balancer_arn, protocol, port, *others, **named):
        if str(port) in (str(each.port) for each in self.load_balancers[load_balancer_arn].listeners.values()):
            raise DuplicateListenerError
        return create(self, load_balancer_arn, protocol, port, *others, **named)

    ELBv2Backend.create_listener = create_listener


def policies() -> None:
    """CloudFront has policies of what is kept under which key, and of what an origin is told."""
    for kind, path in (("CachePolicy", "cache-policy"), ("OriginRequestPolicy", "origin-request-policy")):
        policies_of(kind, path)


def policies_of(kind: str, path: str) -> None:
    kept: dict[str, dict[str, object]] = {}

    def described(policy_id):
        policy = {"Id": policy_id, "LastModifiedTime": "2026-01-01T00:00:00Z", f"{kind}Config": kept[policy_id]}
        return ActionResult({kind: policy, "ETag": policy_id, "Location": ""})

    def create(self):
        policy_id = str(uuid4())
        kept[policy_id] = self._get_param(f"{kind}Config")
        return described(policy_id)

    def get(self):
        return described(self._get_param("Id"))

    def delete(self):
        del kept[self._get_param("Id")]
        return EmptyResult()

    name = path.replace("-", "_")
    for verb in (create, get, delete):
        setattr(CloudFrontResponse, f"{verb.__name__}_{name}", verb)
    for end in ("$", "/(?P<policy_id>[^/]+)$"):
        cloudfront_urls.url_paths[f"{{0}}/2020-05-31/{path}{end}"] = CloudFrontResponse.dispatch


def budgets() -> None:
    """A budget's notifications have subscribers, who can be read again, and it has tags."""
    tags: dict[str, list[dict[str, str]]] = {}
    subscribers: dict[tuple[str, str], list[dict[str, str]]] = {}
    create = BudgetsResponse.create_budget

    def key(self, notification):
        return self._get_param("BudgetName"), notification["NotificationType"]

    def create_budget(self):
        answer = create(self)
        name = self._get_param("Budget")["BudgetName"]
        tags[name] = self._get_param("ResourceTags") or []
        for each in self._get_param("NotificationsWithSubscribers") or []:
            of = name, each["Notification"]["NotificationType"]
            subscribers[of] = each["Subscribers"]
        return answer

    def create_notification(self):
        answer = create_one(self)
        subscribers[key(self, self._get_param("Notification"))] = self._get_param("Subscribers")
        return answer

    def describe_subscribers_for_notification(self):
        return json.dumps({"Subscribers": subscribers.get(key(self, self._get_param("Notification")), [])})

    def list_tags_for_resource(self):
        return json.dumps({"ResourceTags": tags.get(self._get_param("ResourceARN").rpartition("/")[2], [])})

    create_one = BudgetsResponse.create_notification
    BudgetsResponse.create_budget = create_budget
    BudgetsResponse.create_notification = create_notification
    BudgetsResponse.list_tags_for_resource = list_tags_for_resource
    BudgetsResponse.describe_subscribers_for_notification = describe_subscribers_for_notification


def distributions() -> None:
    """A distribution has forwarded values or a cache policy, and CloudFront's own certificate or another."""
    init_behaviour, init_certificate = DefaultCacheBehaviour.__init__, ViewerCertificate.__init__

    def behaviour(self, config):
        init_behaviour(self, config)
        if "CachePolicyId" in config:
            self.forwarded_values = None

    def certificate(self, config):
        init_certificate(self, config)
        self.cloud_front_default_certificate = not self.acm_certificate_arn

    DefaultCacheBehaviour.__init__ = behaviour
    ViewerCertificate.__init__ = certificate


def rule_descriptions() -> None:
    """A security group rule that names a group or a prefix list keeps its description."""
    init = SecurityGroupRule.__init__

    def keep_description(self, *arguments, **named):
        init(self, *arguments, **named)
        given = signature(init).bind(self, *arguments, **named).arguments
        parts = (given.get(name) or {} for name in ("ip_range", "source_group", "prefix_list_id"))
        self.given_description = next((part["Description"] for part in parts if "Description" in part), None)

    SecurityGroupRule.__init__ = keep_description
    SecurityGroupRule.description = property(lambda self: self.given_description)


def zone_ids() -> None:
    """The id of a Route 53 zone begins with Z."""
    generate = route53.create_route53_zone_id
    route53.create_route53_zone_id = lambda **named: f"Z{generate(**named)[1:]}"


if __name__ == "__main__":
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"  # as PowerUserAccess is
    scaling_tags()
    service_settings()
    service_linked_role()
    role_of_batch()
    rollbacks()
    ports_of_listeners()
    policies()
    budgets()
    distributions()
    rule_descriptions()
    zone_ids()
    main(["--port", sys.argv[1]])
