import { words, type TypeFacts } from "./type-facts.js";

/** See `type-facts.ts` for what each list means and where it comes from. */
export const networkFacts: Readonly<Record<string, TypeFacts>> = {
  "aws:ec2/securityGroup:SecurityGroup": {
    inputs: words("description egress ingress name namePrefix region revokeRulesOnDelete tags vpcId"),
    replaces: words("description name namePrefix vpcId"),
    keeps: words("name namePrefix vpcId region"),
    defaults: { description: "Managed by Pulumi", revokeRulesOnDelete: false },
    outputs: words("arn ownerId tagsAll"),
    providerOnly: words("revokeRulesOnDelete"),
    sets: words("egress ingress"),
  },
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
    inputs: words("egress ingress region revokeRulesOnDelete tags vpcId"),
    replaces: words("vpcId"),
    keeps: words("egress ingress region vpcId"),
    defaults: { revokeRulesOnDelete: false },
    outputs: words("arn description name namePrefix ownerId tagsAll"),
    providerOnly: words("revokeRulesOnDelete"),
    sets: words("egress ingress"),
  },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
    inputs: words(`
      cidrIpv4 cidrIpv6 description fromPort ipProtocol prefixListId referencedSecurityGroupId region
      securityGroupId tags toPort`),
    required: words("ipProtocol securityGroupId"),
    replaces: words("securityGroupId"),
    keeps: words("region"),
    outputs: words("arn securityGroupRuleId tagsAll"),
  },
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": {
    inputs: words(`
      cidrIpv4 cidrIpv6 description fromPort ipProtocol prefixListId referencedSecurityGroupId region
      securityGroupId tags toPort`),
    required: words("ipProtocol securityGroupId"),
    replaces: words("securityGroupId"),
    keeps: words("region"),
    outputs: words("arn securityGroupRuleId tagsAll"),
  },
  "aws:ec2/vpc:Vpc": {
    inputs: words(`
      assignGeneratedIpv6CidrBlock cidrBlock enableDnsHostnames enableDnsSupport
      enableNetworkAddressUsageMetrics instanceTenancy ipv4IpamPoolId ipv4NetmaskLength ipv6CidrBlock
      ipv6CidrBlockNetworkBorderGroup ipv6IpamPoolId ipv6NetmaskLength region tags`),
    replaces: words("cidrBlock ipv4IpamPoolId ipv4NetmaskLength"),
    keeps: words(`
      cidrBlock enableDnsHostnames enableNetworkAddressUsageMetrics ipv6CidrBlock
      ipv6CidrBlockNetworkBorderGroup region`),
    defaults: { enableDnsSupport: true, instanceTenancy: "default" },
    outputs: words(`
      arn defaultNetworkAclId defaultRouteTableId defaultSecurityGroupId dhcpOptionsId ipv6AssociationId
      mainRouteTableId ownerId tagsAll`),
  },
  "aws:ec2/subnet:Subnet": {
    inputs: words(`
      assignIpv6AddressOnCreation availabilityZone availabilityZoneId cidrBlock customerOwnedIpv4Pool
      enableDns64 enableLniAtDeviceIndex enableResourceNameDnsARecordOnLaunch
      enableResourceNameDnsAaaaRecordOnLaunch ipv4IpamPoolId ipv4NetmaskLength ipv6CidrBlock
      ipv6IpamPoolId ipv6Native ipv6NetmaskLength mapCustomerOwnedIpOnLaunch mapPublicIpOnLaunch
      outpostArn privateDnsHostnameTypeOnLaunch region tags vpcId`),
    required: words("vpcId"),
    replaces: words(`
      availabilityZone availabilityZoneId cidrBlock ipv4IpamPoolId ipv4NetmaskLength ipv6IpamPoolId
      ipv6NetmaskLength ipv6Native outpostArn vpcId`),
    keeps: words("availabilityZone availabilityZoneId cidrBlock privateDnsHostnameTypeOnLaunch region"),
    defaults: {
      assignIpv6AddressOnCreation: false,
      enableDns64: false,
      enableResourceNameDnsARecordOnLaunch: false,
      enableResourceNameDnsAaaaRecordOnLaunch: false,
      ipv6Native: false,
      mapPublicIpOnLaunch: false,
    },
    outputs: words("arn ipv6CidrBlockAssociationId ownerId tagsAll"),
  },
  "aws:ec2/routeTable:RouteTable": {
    inputs: words("propagatingVgws region routes tags vpcId"),
    required: words("vpcId"),
    replaces: words("vpcId"),
    keeps: words("propagatingVgws region routes"),
    outputs: words("arn ownerId tagsAll"),
    sets: words("propagatingVgws routes"),
  },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": {
    inputs: words("gatewayId region routeTableId subnetId"),
    required: words("routeTableId"),
    replaces: words("gatewayId subnetId"),
    keeps: words("region"),
  },
  "aws:ec2/vpcEndpoint:VpcEndpoint": {
    inputs: words(`
      autoAccept dnsOptions ipAddressType policy privateDnsEnabled region resourceConfigurationArn
      routeTableIds securityGroupIds serviceName serviceNetworkArn serviceRegion subnetConfigurations
      subnetIds tags vpcEndpointType vpcId`),
    required: words("vpcId"),
    replaces: words("resourceConfigurationArn serviceName serviceNetworkArn serviceRegion vpcEndpointType vpcId"),
    keeps: words(`
      dnsOptions ipAddressType policy privateDnsEnabled region routeTableIds securityGroupIds
      serviceRegion subnetConfigurations subnetIds`),
    defaults: { vpcEndpointType: "Gateway" },
    outputs: words("arn cidrBlocks dnsEntries networkInterfaceIds ownerId prefixListId requesterManaged state tagsAll"),
    providerOnly: words("autoAccept"),
    sets: words("routeTableIds securityGroupIds subnetConfigurations subnetIds"),
  },
};
