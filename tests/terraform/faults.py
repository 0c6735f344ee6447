"""For each scenario of terraform/compliance a fault: how a plan is edited so that the scenario must fail.

The plan is production's, that of bootstrap for what is in BOOTSTRAP, that of a trial with sweeps for what is in SWEEP.

A fault returns what the failure must name.
"""

import json
import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

Plan = dict[str, Any]
Fault = Callable[[Plan], str]


def put(resource: str, *path: str | int, to: Any) -> Fault:
    """Set one value of a resource, that whose address ends so. The path leads through JSON in a string too."""

    def fault(plan: Plan) -> str:
        change = _change(plan, resource)
        _put(change["change"]["after"], path, to)
        return change["address"]

    return fault


def drop(*resources: str) -> Fault:
    """Leave resources of one type out, of the plan's configuration too, which says what refers to what."""

    def fault(plan: Plan) -> str:
        for resource in resources:
            change = _change(plan, resource)
            plan["resource_changes"].remove(change)
            module = plan["configuration"]["root_module"]
            for name in re.findall(r"module\.([^.[]+)", change["address"]):
                module = module["module_calls"][name]["module"]
            relative = f"{change['type']}.{change['name']}"
            module["resources"] = [kept for kept in module["resources"] if kept["address"] != relative]
        return change["type"]

    return fault


def _change(plan: Plan, resource: str) -> dict[str, Any]:
    [found] = [change for change in plan["resource_changes"] if change["address"].endswith(resource)]
    return found


def _put(node: Any, path: tuple[str | int, ...], to: Any) -> None:
    key, *others = path
    if not others:
        node[key] = to
    elif isinstance(node[key], str):
        inner = json.loads(node[key])
        _put(inner, tuple(others), to)
        node[key] = json.dumps(inner)
    else:
        _put(node[key], tuple(others), to)


REPOSITORY = "aws_ecr_repository.this"
BUCKET = "edge.module.access_log.aws_s3_bucket"
CDN_BUCKET = "cdn[0].module.access_log.aws_s3_bucket"  # of the same module; terraform-compliance mixes their parts up
BALANCER = "edge.aws_lb.this"
LISTENER = "aws_lb_listener.https[0]"
METRICS = "aws_lb_listener_rule.metrics"
TARGETS = "aws_lb_target_group.this"
CDN = "aws_cloudfront_distribution.this"
SERVICE = "aws_ecs_service.this"
SCALING = "aws_appautoscaling_target.this"
IN_TO_BALANCER = "aws_vpc_security_group_ingress_rule.cdn[0]"
IN_TO_TASKS = "aws_vpc_security_group_ingress_rule.load_balancer"
OUT_OF_BALANCER = "aws_vpc_security_group_egress_rule.load_balancer"
OUT_OF_TASKS = "aws_vpc_security_group_egress_rule.registry"
START_TASKS = "aws_iam_role_policy.execution"
PUBLISHER = "aws_iam_role.publisher[0]"
DEPLOYS = "attractor-production"
COMPUTES = "aws_batch_compute_environment.this"
PART = "aws_batch_job_definition.this"
RESULTS = "aws_iam_role_policy.results", "policy", "Statement"
CONTAINER = ("aws_ecs_task_definition.this", "container_definitions", 0)
TRUST = (PUBLISHER, "assume_role_policy", "Statement", 0, "Condition", "StringEquals")
GITHUB = "token.actions.githubusercontent.com"

BUCKET_PARTS = [
    "public_access_block",
    "server_side_encryption_configuration",
    "versioning",
    "lifecycle_configuration",
    "policy",
]
WAYS_TO_BE_PUBLIC = ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"]
RULES = ["AmazonIpReputationList", "KnownBadInputsRuleSet", "CommonRuleSet"]
EVERYWHERE = {"cidr_ipv4": "0.0.0.0/0", "cidr_ipv6": "::/0"}
SOURCES = {**EVERYWHERE, "prefix_list_id": "pl-1"}


def lets_in_everybody(plan: Plan) -> str:
    """The bucket's policy allows to write, whoever it is."""
    put(f"{BUCKET}_policy.this", "policy", "Statement", 1, "Principal", to={"AWS": "*"})(plan)
    return "'Principal': {'AWS': '*'}"


def routes_to_the_internet(plan: Plan) -> str:
    """There is a second route, like that of the public subnets."""
    route = deepcopy(_change(plan, "aws_route.public"))
    route |= {"name": "another", "address": route["address"].replace("public", "another")}
    plan["resource_changes"].append(route)
    return route["address"]


def with_setting(name: str, value: str) -> Fault:
    """Set one variable of the container's environment, beside the others."""

    def fault(plan: Plan) -> str:
        definition = json.loads(_change(plan, CONTAINER[0])["change"]["after"][CONTAINER[1]])
        others = [each for each in definition[0]["environment"] if each["name"] != name]
        put(*CONTAINER, "environment", to=[*others, {"name": name, "value": value}])(plan)
        return name

    return fault


def rule(name: str, *path: str | int, to: Any) -> Fault:
    """Set one value of the firewall's rule of that name."""

    def fault(plan: Plan) -> str:
        firewall = _change(plan, "aws_wafv2_web_acl.this")
        _put(next(rule for rule in firewall["change"]["after"]["rule"] if rule["name"] == name), path, to)
        return firewall["address"]

    return fault


FAULTS: dict[str, Fault] = {
    # logs
    "Logs are kept for a year at least": put("aws_cloudwatch_log_group.flow", "retention_in_days", to=30),
    "Logs are encrypted with a key of our own": put("aws_cloudwatch_log_group.flow", "kms_key_id", to=None),
    "The load balancer logs every request": put(BALANCER, "access_logs", 0, "enabled", to=False),
    "What the network refuses is logged": drop("aws_flow_log.this"),
    "The cluster measures its containers": put("aws_ecs_cluster.this[0]", "setting", 0, "value", to="disabled"),
    "CloudFront logs every request": put(CDN, "logging_config", to=[]),
    "What the firewall refuses is logged": drop("aws_wafv2_web_acl_logging_configuration.this"),
    "An alarm reaches somebody": put('aws_cloudwatch_metric_alarm.this["cpu"]', "alarm_actions", to=[]),
    # buckets
    **{
        f"A bucket has <what> - row {row}": drop(f"{BUCKET}_{part}.this", f"{CDN_BUCKET}_{part}.this")
        for row, part in enumerate(BUCKET_PARTS)
    },
    **{
        f"No bucket is public: <how> - row {row}": put(f"{BUCKET}_public_access_block.this", way, to=False)
        for row, way in enumerate(WAYS_TO_BE_PUBLIC)
    },
    "A bucket is encrypted": put(
        f"{BUCKET}_server_side_encryption_configuration.this",
        *("rule", 0, "apply_server_side_encryption_by_default", 0, "sse_algorithm"),
        to="none",
    ),
    "A bucket keeps what is overwritten": put(
        f"{BUCKET}_versioning.this", "versioning_configuration", 0, "status", to="Suspended"
    ),
    "A bucket forgets in time": put(f"{BUCKET}_lifecycle_configuration.this", "rule", 0, "status", to="Disabled"),
    "A bucket refuses what comes without TLS": put(
        f"{BUCKET}_policy.this", "policy", "Statement", 0, "Condition", to={"Bool": {}}
    ),
    "A bucket lets in nobody without a name": lets_in_everybody,
    # network
    "A security group says in rules of their own what it opens": put(
        "service.module.task.aws_security_group.this",
        "ingress",
        to=[{"from_port": 22, "to_port": 22, "protocol": "tcp"}],
    ),
    "An endpoint passes calls that have names": put(
        'aws_vpc_endpoint.interface["ecr.api"]', "policy", "Statement", 0, "Action", to="*"
    ),
    "The security group of the VPC itself opens nothing": put(
        "aws_default_security_group.closed", "egress", to=[{"from_port": 0, "to_port": 0, "protocol": "-1"}]
    ),
    "Nothing comes in but to the ports of HTTP, HTTPS and a task": put(IN_TO_BALANCER, "from_port", to=22),
    "Nothing comes in by another protocol than TCP": put(IN_TO_BALANCER, "ip_protocol", to="-1"),
    **{
        f"A task is reached from a security group, not from <source> - row {row}": put(IN_TO_TASKS, source, to=value)
        for row, (source, value) in enumerate(SOURCES.items())
    },
    "Nothing goes out but to the ports of HTTPS and a task": put(OUT_OF_TASKS, "from_port", to=25),
    "Nothing goes out by another protocol than TCP": put(OUT_OF_TASKS, "ip_protocol", to="-1"),
    "No subnet gives out a public address": put(
        'aws_subnet.private["eu-central-1a"]', "map_public_ip_on_launch", to=True
    ),
    "Tasks are spread over two zones at least": drop(*(f'aws_subnet.private["eu-central-1{zone}"]' for zone in "bc")),
    **{
        f"The load balancer is reached from CloudFront, not from <source> - row {row}": put(
            IN_TO_BALANCER, cidr, to=everywhere
        )
        for row, (cidr, everywhere) in enumerate(EVERYWHERE.items())
    },
    **{
        f"Nothing goes out to the internet by <destination> - row {row}": put(OUT_OF_TASKS, cidr, to=everywhere)
        for row, (cidr, everywhere) in enumerate(EVERYWHERE.items())
    },
    "Only public subnets have a route to the internet": routes_to_the_internet,
    # ports
    "What lets port <port> in lets in no other - row 0": put(IN_TO_BALANCER, "from_port", to=80),
    "What lets port <port> in lets in no other - row 1": put(IN_TO_BALANCER, "to_port", to=65535),
    "What lets port <port> in lets in no other - row 2": put(IN_TO_TASKS, "to_port", to=9000),
    "What lets port <port> out lets out no other - row 0": put(OUT_OF_TASKS, "to_port", to=65535),
    "What lets port <port> out lets out no other - row 1": put(OUT_OF_BALANCER, "to_port", to=9000),
    # edge
    "Headers that are not HTTP are dropped": put(BALANCER, "drop_invalid_header_fields", to=False),
    "The metrics are not for the world": put(METRICS, "condition", 0, "path_pattern", 0, "values", to=["/metrics/*"]),
    "Who asks for the metrics is told that there are none": put(
        METRICS, "action", 0, "fixed_response", 0, "status_code", to="200"
    ),
    "Metrics are refused before anything is passed on": put(METRICS, "priority", to=100),
    "A task answers requests once it is ready": put(TARGETS, "health_check", 0, "path", to="/"),
    "A download under way has five minutes when its task is taken out": put(TARGETS, "deregistration_delay", to="20"),
    "A connection may be silent for longer than an answer is": put(BALANCER, "idle_timeout", to=50),
    "A connection is closed by the load balancer, before the service does": put(BALANCER, "idle_timeout", to=200),
    "The load balancer is not deleted by mistake": put(BALANCER, "enable_deletion_protection", to=False),
    "HTTP is redirected": put("aws_lb_listener.http", "default_action", 0, "type", to="forward"),
    "TLS is 1.2 or 1.3": put(LISTENER, "ssl_policy", to="ELBSecurityPolicy-2016-08"),
    "CloudFront redirects HTTP to HTTPS": put(
        CDN, "default_cache_behavior", 0, "viewer_protocol_policy", to="allow-all"
    ),
    "CloudFront speaks TLS 1.2 at least": put(CDN, "viewer_certificate", 0, "minimum_protocol_version", to="TLSv1"),
    "The service is told for whom CloudFront asks": with_setting("ATTRACTOR_CLIENT_ADDRESS_HEADER", "X-Forwarded-For"),
    "CloudFront keeps no error": put(CDN, "custom_error_response", 0, "error_caching_min_ttl", to=10),
    "A request is let through by a header alone": put(
        "aws_lb_listener_rule.cdn[0]", "condition", 0, "http_header", to=[]
    ),
    "CloudFront speaks to the load balancer over TLS": put(
        CDN, "origin", 0, "custom_origin_config", 0, "origin_protocol_policy", to="http-only"
    ),
    # firewall
    "The firewall stands before CloudFront, where addresses are those that ask": put(
        "cdn_firewall[0].aws_wafv2_web_acl.this", "scope", to="REGIONAL"
    ),
    "The firewall counts by the address that asks": rule(
        "rate", "statement", 0, "rate_based_statement", 0, "aggregate_key_type", to="FORWARDED_IP"
    ),
    "An address that asks too often is refused": rule(
        "rate", "statement", 0, "rate_based_statement", 0, "limit", to=2_000_000_000
    ),
    **{
        f"AWS's rules are in force: <rules> - row {row}": rule(
            f"AWSManagedRules{name}", "statement", 0, "managed_rule_group_statement", 0, "name", to="Another"
        )
        for row, name in enumerate(RULES)
    },
    "The firewall refuses, and does not only count": rule(
        "AWSManagedRulesCommonRuleSet", "override_action", to=[{"count": [{}], "none": []}]
    ),
    # service
    "A task has no public address": put(SERVICE, "network_configuration", 0, "assign_public_ip", to=True),
    "A release that fails is noticed": put(SERVICE, "deployment_circuit_breaker", 0, "enable", to=False),
    "A release that fails is undone": put(SERVICE, "deployment_circuit_breaker", 0, "rollback", to=False),
    "A release that answers with errors is undone": put(SERVICE, "alarms", 0, "rollback", to=False),
    "Nobody opens a shell in a task": put(SERVICE, "enable_execute_command", to=True),
    "A release takes no task away before another stands in for it": put(
        SERVICE, "deployment_minimum_healthy_percent", to=50
    ),
    "The platform changes only when we say so": put(SERVICE, "platform_version", to="LATEST"),
    "Two tasks start at least": put(SERVICE, "desired_count", to=1),
    "Two tasks always run": put(SCALING, "min_capacity", to=1),
    "There is room for more tasks": put(SCALING, "max_capacity", to=2),
    # container
    "The root file system is read-only": put(*CONTAINER, "readonlyRootFilesystem", to=False),
    "The user is not root": put(*CONTAINER, "user", to="0:0"),
    "The container is not privileged": put(*CONTAINER, "privileged", to=True),
    "Every capability is dropped": put(*CONTAINER, "linuxParameters", "capabilities", "drop", to=["NET_RAW"]),
    "No capability is added": put(*CONTAINER, "linuxParameters", "capabilities", "add", to=["SYS_PTRACE"]),
    "The container says whether it is well": put(*CONTAINER, "healthCheck", "command", to=["CMD", "true"]),
    "What the container says goes to CloudWatch": put(*CONTAINER, "logConfiguration", "logDriver", to="none"),
    "A task that is told to stop drains for 20 seconds at most": with_setting("ATTRACTOR_DRAIN_SECONDS", "110"),
    "Not everybody is believed who says for whom it asks": with_setting("ATTRACTOR_TRUSTED_PROXIES", "0.0.0.0/0"),
    "A task is not killed while it drains": put(*CONTAINER, "stopTimeout", to=20),
    "A task is not killed by Fargate before it ends": put(*CONTAINER, "stopTimeout", to=130),
    "An answer is silent for less than a minute": with_setting("ATTRACTOR_MAX_SECONDS", "120"),
    "The service keeps a connection for longer than the load balancer": with_setting(
        "ATTRACTOR_KEEP_ALIVE_SECONDS", "75"
    ),
    "An image is named by what it holds": put(*CONTAINER, "image", to="attractor:latest"),
    # access
    "A policy names each call that it allows": put(START_TASKS, "policy", "Statement", 0, "Action", to="ecr:*"),
    "A policy says what is allowed, never what is not": put(
        START_TASKS, "policy", "Statement", 0, "NotAction", to="iam:CreateUser"
    ),
    "A policy names the resources that it is for": put(
        START_TASKS, "policy", "Statement", 1, "Resource", to="arn:aws:logs:eu-central-1:123456789012:r*"
    ),
    "Account-wide are only the calls that know no resource": put(
        "service.module.task.aws_iam_role_policy.account_wide", "policy", "Statement", 0, "Action", to="ecr:PutImage"
    ),
    "A role is taken under conditions alone": put(
        "aws_iam_role.flow", "assume_role_policy", "Statement", 0, "Condition", to={}
    ),
    "A role is taken by somebody with a name": put(
        "aws_iam_role.task", "assume_role_policy", "Statement", 0, "Principal", to={"AWS": "*"}
    ),
    "The key is used by somebody with a name": put(
        "aws_kms_key.this", "policy", "Statement", 0, "Principal", to={"AWS": "*"}
    ),
    # tags
    "Everything says which project it belongs to": put("aws_vpc.this", "tags", to={"ManagedBy": "terraform"}),
    "Everything says that Terraform manages it": put("aws_vpc.this", "tags", to={"Project": "attractor"}),
}

BOOTSTRAP: dict[str, Fault] = {
    # registry
    "An image tag always means the same bits": put(REPOSITORY, "image_tag_mutability", to="MUTABLE"),
    "An image is scanned when it is pushed": put(
        REPOSITORY, "image_scanning_configuration", 0, "scan_on_push", to=False
    ),
    "Images are encrypted with a key of our own": put(
        REPOSITORY, "encryption_configuration", 0, "encryption_type", to="AES256"
    ),
    "Images that nobody can roll back to are deleted": drop("aws_ecr_lifecycle_policy.this"),
    "The key is changed every year": put("aws_kms_key.images", "enable_key_rotation", to=False),
    # publisher
    "One repository and one branch of GitHub publish": put(*TRUST, f"{GITHUB}:sub", to="repo:example/attractor:*"),
    "GitHub's tokens are for AWS": put(*TRUST, f"{GITHUB}:aud", to="https://github.com/example"),
    "Nobody is trusted by a pattern": put(*TRUST[:-1], "StringLike", to={f"{GITHUB}:sub": "repo:example/*"}),
    "Who publishes may push and nothing else": put(
        "aws_iam_role_policy.publisher[0]", "policy", "Statement", 0, "Action", to="ecs:UpdateService"
    ),
    "A stack is applied from an environment, whose reviewers agree first": put(
        f'aws_iam_role.deployer["{DEPLOYS}"]',
        *("assume_role_policy", "Statement", 0, "Condition", "StringEquals", f"{GITHUB}:sub"),
        to="repo:example/attractor:ref:refs/heads/main",
    ),
    "Who applies changes the roles of its stack and no others": put(
        f'aws_iam_role_policy.deployer["{DEPLOYS}"]',
        *("policy", "Statement", 0, "Resource"),
        to="arn:aws:iam::123456789012:role/administrator",
    ),
}

SWEEP: dict[str, Fault] = {
    "Nothing is computed but on Fargate Spot, which stays on for nobody": put(
        COMPUTES, "compute_resources", 0, "type", to="EC2"
    ),
    "There is a bound to how many parts are computed at once": put(
        COMPUTES, "compute_resources", 0, "max_vcpus", to=100_000
    ),
    "There is a bound to how long a part is computed": put(
        PART, "timeout", 0, "attempt_duration_seconds", to=1_000_000
    ),
    "A part that Spot interrupts goes on": put(PART, "retry_strategy", 0, "attempts", to=1),
    "The root file system of a part is read-only": put(
        PART, "container_properties", "readonlyRootFilesystem", to=False
    ),
    "The user of a part is not root": put(PART, "container_properties", "user", to="0:0"),
    "The container of a part is not privileged": put(PART, "container_properties", "privileged", to=True),
    "The image of sweeps is named by what it holds": put(PART, "container_properties", "image", to="attractor:sweep-1"),
    "What a part says goes to CloudWatch": put(
        PART, "container_properties", "logConfiguration", "logDriver", to="none"
    ),
    "A part may list, read and write, and delete nothing": put(*RESULTS, 1, "Action", to="s3:DeleteObject"),
    "A part keeps its results in the bucket of sweeps and in no other": put(
        *RESULTS, 1, "Resource", to="arn:aws:s3:::attractor-state-123456789012/*"
    ),
    "A budget tells what sweeps cost": put('aws_budgets_budget.this["sweep"]', "notification", to=[]),
}
