"""Branches and the people who work there."""

from asterism.kernel.privacy import Privacy
from asterism.kernel.words import Text
from asterism.warehouse.canonical.column import Column, ColumnType, Layout, Table

BRANCHES = Table(
    name="branches",
    title=Text("网点", "Branches", "Sucursales"),
    layout=Layout.WHOLE,
    key=("branch_id",),
    columns=(
        Column(
            name="branch_id",
            type=ColumnType.TEXT,
            privacy=Privacy.C1,
            title=Text("网点编号", "Branch id", "Id. de sucursal"),
            required=True,
        ),
        Column(
            name="name",
            type=ColumnType.TEXT,
            privacy=Privacy.C1,
            title=Text("名称", "Name", "Nombre"),
            required=True,
        ),
        Column(
            name="parent_id",
            type=ColumnType.TEXT,
            privacy=Privacy.C1,
            title=Text("上级机构", "Parent branch", "Sucursal matriz"),
            references="branches.branch_id",
        ),
        Column(
            name="province",
            type=ColumnType.TEXT,
            privacy=Privacy.C1,
            title=Text("省份", "Province", "Provincia"),
        ),
        Column(
            name="city",
            type=ColumnType.TEXT,
            privacy=Privacy.C1,
            title=Text("城市", "City", "Ciudad"),
        ),
        Column(
            name="district",
            type=ColumnType.TEXT,
            privacy=Privacy.C1,
            title=Text("区县", "District", "Distrito"),
        ),
        Column(
            name="latitude",
            type=ColumnType.NUMBER,
            privacy=Privacy.C1,
            title=Text("纬度", "Latitude (WGS-84)", "Latitud (WGS-84)"),
            unit="degree",
        ),
        Column(
            name="longitude",
            type=ColumnType.NUMBER,
            privacy=Privacy.C1,
            title=Text("经度", "Longitude (WGS-84)", "Longitud (WGS-84)"),
            unit="degree",
        ),
        Column(
            name="opened_on",
            type=ColumnType.DATE,
            privacy=Privacy.C1,
            title=Text("开业日期", "Open since", "Abierta desde"),
        ),
        Column(
            name="closed_on",
            type=ColumnType.DATE,
            privacy=Privacy.C1,
            title=Text("停业日期", "Closed on", "Cerrada el"),
        ),
    ),
)

STAFF = Table(
    name="staff",
    title=Text("员工", "Staff", "Personal"),
    layout=Layout.WHOLE,
    key=("staff_id",),
    columns=(
        Column(
            name="staff_id",
            type=ColumnType.TEXT,
            privacy=Privacy.C1,
            title=Text("工号", "Staff id", "Id. de empleado"),
            required=True,
        ),
        Column(
            name="name",
            type=ColumnType.TEXT,
            privacy=Privacy.C2,
            title=Text("姓名", "Name", "Nombre"),
        ),
        Column(
            name="role",
            type=ColumnType.TEXT,
            privacy=Privacy.C1,
            title=Text("岗位", "Role", "Puesto"),
            codes=("manager", "branch_head", "teller", "agent", "head_office", "other"),
            default="other",
        ),
        Column(
            name="branch_id",
            type=ColumnType.TEXT,
            privacy=Privacy.C1,
            title=Text("所属网点", "Branch", "Sucursal"),
            references="branches.branch_id",
        ),
        Column(
            name="hired_on",
            type=ColumnType.DATE,
            privacy=Privacy.C1,
            title=Text("入职日期", "Hired on", "Fecha de alta"),
        ),
        Column(
            name="left_on",
            type=ColumnType.DATE,
            privacy=Privacy.C1,
            title=Text("离职日期", "Left on", "Fecha de baja"),
        ),
    ),
)
